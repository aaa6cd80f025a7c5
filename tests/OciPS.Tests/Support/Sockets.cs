// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS.Tests.Support;

/// <summary>What Linux says of this machine's connections.</summary>
/// <remarks><c>proc_net_tcp</c>: the third field is the other side's address and port, the fourth the state.</remarks>
internal static class Sockets
{
    private const string Established = "01";

    /// <summary>How many connections lead to a port on this machine now.</summary>
    public static int CountTo(int port)
    {
        string other = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[2].EndsWith(other, StringComparison.Ordinal) && fields[3] == Established);
    }
}
