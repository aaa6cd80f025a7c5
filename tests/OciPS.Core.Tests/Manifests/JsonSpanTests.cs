// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests.Json;

namespace OciPS.Core.Tests.Manifests;

public sealed class JsonSpanTests
{
    [Theory]
    [InlineData("""{"a":1,"x":[1,{"x":2}] ,"b":{}}""", """[1,{"x":2}]""")]
    [InlineData("""{"x" : {"a":"}"}}""", """{"a":"}"}""")]
    [InlineData("""{"x":"s\"t"}""", "\"s\\\"t\"")]
    [InlineData("""{"x":null}""", "null")]
    [InlineData("""{"x":12 }""", "12")]
    [InlineData("""{"x":1,"x":2}""", "2")]
    [InlineData("""{"\u0078":3}""", "3")]
    [InlineData("""{"é":"x","x":"é"}""", "\"é\"")]
    public void FromProperty_InTheOutermostObject_IsItsValue(string json, string value)
    {
        byte[] bytes = Json.Bytes(json);

        JsonSpan span = JsonSpan.FromProperty(bytes, "x"u8);

        Assert.True(span.Exists);
        Assert.Equal(value, Json.Text(bytes.AsMemory(span.Start..span.End)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":{"x":1},"b":[{"x":1}],"c":"x","X":1}""")]
    public void FromProperty_NotThere_DoesNotExist(string json) => Assert.False(JsonSpan.FromProperty(Json.Bytes(json), "x"u8).Exists);
}
