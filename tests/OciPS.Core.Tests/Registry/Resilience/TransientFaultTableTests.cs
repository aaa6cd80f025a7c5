// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using OciPS.Registry.Resilience;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>What passes and what stays.</summary>
public sealed class TransientFaultTableTests
{
    [Theory]
    [InlineData(408, "", true)]
    [InlineData(429, "", true)]
    [InlineData(429, """{"errors":[{"code":"TOOMANYREQUESTS"}]}""", true)]
    [InlineData(500, "", true)]
    [InlineData(500, """{"errors":[{"code":"UNKNOWN"}]}""", true)]
    [InlineData(502, """{"errors":[{"code":"UNKNOWN"}]}""", true)]
    [InlineData(503, """{"errors":[{"code":"UNAVAILABLE"}]}""", true)]
    [InlineData(504, "", true)]
    [InlineData(200, "", false)]
    [InlineData(400, "", false)]
    [InlineData(401, "", false)]
    [InlineData(403, "", false)]
    [InlineData(404, "", false)]
    [InlineData(416, "", false)]
    [InlineData(501, "", false)]
    [InlineData(505, "", false)]
    public void IsTransient_Answer_IsAsTheTableSays(int status, string body, bool expected)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };

        Assert.Equal(expected, TransientFaults.IsTransient(response));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, true)]
    [InlineData(HttpRequestError.Unknown, true)]
    [InlineData(HttpRequestError.InvalidResponse, true)]
    [InlineData(HttpRequestError.NameResolutionError, false)]
    [InlineData(HttpRequestError.SecureConnectionError, false)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, false)]
    public void IsTransient_Transfer_IsAsTheTableSays(HttpRequestError error, bool expected) =>
        Assert.Equal(expected, TransientFaults.IsTransient(new HttpRequestException(error, "it")));

    [Theory]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("120", 120.0)]
    [InlineData("Mon, 01 Jan 2001 00:00:00 GMT", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    public void RetryAfter_Header_IsRead(string header, double? seconds)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation("Retry-After", header);

        Assert.Equal(seconds, TransientFaults.RetryAfter(response, TimeProvider.System)?.TotalSeconds);
    }

    [Fact]
    public void RetryAfter_Date_IsTheTimeUntilThen()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(
            DateTimeOffset.Parse("2100-01-01T00:00:00Z", CultureInfo.InvariantCulture));

        TimeSpan expected = DateTimeOffset.Parse("2100-01-01T00:00:00Z", CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow;
        Assert.InRange(TransientFaults.RetryAfter(response, TimeProvider.System)!.Value, expected - TimeSpan.FromMinutes(1), expected
            + TimeSpan.FromMinutes(1));
    }
}
