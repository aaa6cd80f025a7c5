// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>A registry that is not there for a while.</summary>
public sealed class RefusedConnectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_RegistryIsStartedWhileItIsTried_IsRiddenOut(bool wasKnown)
    {
        RegistryServer first = await RegistryServer.StartAsync();
        string host = first.Host;
        RegistryImage.Push(first, "team/app");
        if (wasKnown)
        {
            await RegistryTestBase.ResolveAsync($"{host}/team/app:1");
        }

        await first.DisposeAsync();
        using var log = new StartingLog(host);
        using var store = TestSession.Store(ImageReference.Parse($"{host}/team/app:1"), log);

        var tags = new List<string>();
        await foreach (string tag in store.ListTagsAsync(CancellationToken.None))
        {
            tags.Add(tag);
        }

        Assert.Equal(["late"], tags);
        Assert.True(log.Started);
    }

    /// <summary>Starts the registry when it hears that it is tried again.</summary>
    private sealed class StartingLog(string host) : IOperationLog, IDisposable
    {
        private RegistryServer? _server;

        public bool Started => _server is not null;

        public void Verbose(string message)
        {
            if (_server is null)
            {
                _server = Task.Run(
                    () => RegistryServer.StartAsync(int.Parse(host.Split(':')[1], CultureInfo.InvariantCulture))).GetAwaiter().GetResult();
                RegistryImage.Push(_server, "team/app", "late");
            }
        }

        public void Warning(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public ITransferLog Begin(string item, long total) => NullLog.Transfer.Instance;

        public void Dispose() => _server?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
