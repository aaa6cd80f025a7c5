// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>The clock and the time limits of a request; attached to the request.</summary>
internal sealed record RequestTiming(RegistryOptions Options, TimeProvider Clock)
{
    private static readonly HttpRequestOptionsKey<RequestTiming> s_key = new("OciPS.Timing");
    private static readonly RequestTiming s_default = new(RegistryOptions.Default, TimeProvider.System);

    /// <summary>The timing of a response's request.</summary>
    public static RequestTiming For(HttpResponseMessage? response) =>
        response?.RequestMessage is { } request && request.Options.TryGetValue(s_key, out RequestTiming? timing) ? timing : s_default;

    /// <summary>Attaches this to a request.</summary>
    public void NoteAt(HttpRequestMessage request) => request.Options.Set(s_key, this);
}
