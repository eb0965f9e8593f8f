using System.Diagnostics;

namespace Pacsbin.Benchmarks;

/// <summary>Programs that are started for a measurement.</summary>
internal static class Peer
{
    /// <summary>Debian's libgdcm-tools: the Basic Application Level Confidentiality Profile, originals encrypted with a certificate.</summary>
    public const string Name = "gdcmanon";

    /// <summary>Whether the peer, and openssl for its certificate, can be started.</summary>
    public static bool IsInstalled => IsOnPath(Name) && IsOnPath("openssl");

    /// <summary>Makes the certificate that the peer's profile mode asks for.</summary>
    public static string MakeCertificate(string folder)
    {
        var certificate = Path.Combine(folder, "certificate.pem");
        Run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", Path.Combine(folder, "key.pem"), "-out", certificate, "-days", "2", "-subj", "/CN=benchmark");
        return certificate;
    }

    public static void Deidentify(string input, string output, string certificate)
    {
        Directory.CreateDirectory(output);
        Run(Name, "--de-identify", "--recursive", "--continue", "--certificate", certificate, "--input", input, "--output", output);
    }

    /// <summary>The cmdlet as a whole process, the engine's start included.</summary>
    public static void RunHost(string input, string output) =>
        Run(Repository.Host, "-Command", $"$null = Invoke-PacsbinAnonymize -LiteralPath '{input}' -Destination '{output}'");

    /// <returns>What the program wrote.</returns>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error}{output.Result}");
        }

        return output.Result;
    }

    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
