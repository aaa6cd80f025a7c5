// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>The clock and the limits that a request and its answer go by; noted at the request.</summary>
internal sealed record RequestTiming(RegistryOptions Options, TimeProvider Clock)
{
    private static readonly HttpRequestOptionsKey<RequestTiming> s_key = new("OciPS.Timing");
    private static readonly RequestTiming s_default = new(RegistryOptions.Default, TimeProvider.System);

    /// <summary>The timing of the request that was answered.</summary>
    public static RequestTiming For(HttpResponseMessage? response) =>
        response?.RequestMessage is { } request && request.Options.TryGetValue(s_key, out RequestTiming? timing) ? timing : s_default;

    /// <summary>Notes it at a request.</summary>
    public void NoteAt(HttpRequestMessage request) => request.Options.Set(s_key, this);
}
