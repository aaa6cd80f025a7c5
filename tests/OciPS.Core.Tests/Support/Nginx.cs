// SPDX-License-Identifier: MIT

using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>An nginx of the test's own on loopback.</summary>
internal sealed class Nginx : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _process;

    /// <summary>The host and port as references name it.</summary>
    public string Host { get; } = $"127.0.0.1:{ServerProcess.FreePort()}";

    /// <summary>What was asked: a line a request, with its status, method, path and Authorization.</summary>
    public string[] Requests => File.ReadAllLines(_folder["access.log"]);

    /// <summary>Starts it.</summary>
    /// <param name="server">What stands in its <c>server</c> block.</param>
    /// <param name="certificate">Its certificate with the key; null for plain HTTP.</param>
    /// <param name="http">What stands before that block.</param>
    public Nginx Start(string server, X509Certificate2? certificate = null, string http = "")
    {
        string tls = string.Empty;
        if (certificate is not null)
        {
            TestAuthority.Save(certificate, _folder["server.crt"], _folder["server.key"]);
            tls = $"ssl_certificate {_folder["server.crt"]}; ssl_certificate_key {_folder["server.key"]};";
        }

        string config = _folder.Write("nginx.conf", Encoding.UTF8.GetBytes(
            $$"""
            daemon off; master_process off; pid {{_folder["pid"]}}; error_log stderr crit;
            events { }
            http {
              client_body_temp_path {{_folder["body"]}}; proxy_temp_path {{_folder["proxy"]}};
              fastcgi_temp_path {{_folder["fastcgi"]}}; uwsgi_temp_path {{_folder["uwsgi"]}}; scgi_temp_path {{_folder["scgi"]}};
              log_format requests '$status $request_method $request_uri "$http_authorization"';
              access_log {{_folder["access.log"]}} requests;
              {{http}}
              server { listen {{Host}}{{(certificate is null ? "" : " ssl")}}; {{tls}} {{server}} }
            }
            """));
        _process = ServerProcess.Start(
            int.Parse(Host.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture),
            "nginx",
            "-p",
            _folder.Path,
            "-e",
            "stderr",
            "-c",
            config);
        return this;
    }

    /// <summary>What hands requests on to a registry, as its documentation says.</summary>
    /// <param name="to">The registry's host and port.</param>
    /// <param name="scheme">The scheme that the registry is told of.</param>
    /// <param name="more">More directives.</param>
    public static string PassTo(string to, string scheme = "$scheme", string more = "") =>
        $"proxy_pass http://{to}; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto {scheme}; "
            + $"proxy_read_timeout 900; {more}";

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Dispose();
    }
}
