// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OciPS.Registry.Http;

/// <summary>Reads certificates from files: authorities, and client certificates with their keys.</summary>
internal static class CertificateFiles
{
    /// <summary>The certificates of a PEM file, or the one of a DER file.</summary>
    /// <exception cref="StorageException">The file is missing or contains no certificate.</exception>
    public static IReadOnlyList<X509Certificate2> ReadAuthorities(string path)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? [.. certificates] : [new X509Certificate2(path)];
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>A certificate with its key, both in PEM.</summary>
    /// <exception cref="StorageException">A file is missing or lacks its certificate or key.</exception>
    public static X509Certificate2 ReadClient(string certificate, string key)
    {
        try
        {
            X509Certificate2 read = X509Certificate2.CreateFromPemFile(certificate, key);
            if (!OperatingSystem.IsWindows())
            {
                return read;
            }

            // TLS on Windows does not accept keys that are only in memory.
            using (read)
            {
                return new X509Certificate2(read.Export(X509ContentType.Pkcs12));
            }
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(File.Exists(key) ? certificate : key, error);
        }
    }

    private static StorageException Unreadable(string path, Exception error) => new(
        ErrorIds.InvalidCertificate, $"'{path}' cannot be read as a certificate or its key: {error.Message} PEM is expected.", error);
}
