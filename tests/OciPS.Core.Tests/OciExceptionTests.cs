// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests;

public sealed class OciExceptionTests
{
    private static readonly RegistryException s_cause = new(ErrorIds.Unauthorized, "The registry wants a credential.")
    {
        Remedy = Remedy.AllowPlainHttp,
        RemedySubject = "registry.example.com",
    };

    [Fact]
    public void Remedy_ErrorThatQuotesItsCause_IsThatOfTheCause()
    {
        var error = new StorageException(ErrorIds.RegistryError, $"It failed: {s_cause.Message}", s_cause);

        Assert.Equal(Remedy.AllowPlainHttp, error.Remedy);
        Assert.Equal("registry.example.com", error.RemedySubject);
    }

    [Fact]
    public void Remedy_ErrorWithItsOwn_IsNotThatOfTheCause()
    {
        var error = new StorageException(ErrorIds.RegistryError, "It failed.", s_cause) { Remedy = Remedy.ReplaceFile };

        Assert.Equal(Remedy.ReplaceFile, error.Remedy);
        Assert.Null(error.RemedySubject);
    }

    [Fact]
    public void Remedy_CauseOfAnotherLibrary_IsNone()
    {
        var error = new StorageException(ErrorIds.RegistryError, "It failed.", new IOException("full"));

        Assert.Equal(Remedy.None, error.Remedy);
        Assert.Null(error.RemedySubject);
    }
}
