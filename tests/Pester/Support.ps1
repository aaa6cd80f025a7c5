# SPDX-License-Identifier: MIT

# A registry with nothing in it: it lets everybody in, and knows no path but its root.
function Start-EmptyRegistry {
    $probe = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $probe.Start()
    $name = "127.0.0.1:$($probe.LocalEndpoint.Port)"
    $probe.Stop()
    $listener = [Net.HttpListener]::new()
    $listener.Prefixes.Add("http://$name/")
    $listener.Start()
    $shell = [powershell]::Create().AddScript({
            param($listener)
            # Waits without blocking, so that the runspace can be stopped.
            while ($listener.IsListening) {
                $next = $listener.GetContextAsync()
                while (-not $next.Wait(100)) { if (-not $listener.IsListening) { return } }
                $context = $next.Result
                $context.Response.StatusCode = if ($context.Request.Url.AbsolutePath -eq '/v2/') { 200 } else { 404 }
                $context.Response.Close()
            }
        }).AddArgument($listener)
    $null = $shell.BeginInvoke()
    [pscustomobject]@{ Name = $name; Listener = $listener; Shell = $shell }
}

function Stop-EmptyRegistry($Server) {
    Disconnect-OciRegistry $Server.Name -ErrorAction Ignore
    $Server.Shell.Stop()
    $Server.Shell.Dispose()
    $Server.Listener.Close()
}
