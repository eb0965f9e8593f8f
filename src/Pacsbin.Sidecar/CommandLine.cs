using System.Globalization;
using System.Text.Json;
using Pacsbin.Sidecar.Json;

namespace Pacsbin.Sidecar;

/// <summary>Reads what the command line says, and the file that it may name.</summary>
internal static class CommandLine
{
    public const string Help = """
        Gives the operations of PacsbinPS to other programs of this machine, over HTTP.

        pacsbin-sidecar [options]
          --root <folder>         a folder with source studies and scripts, which may be read; may be repeated
          --workspace <folder>    the folder with de-identified studies
          --projects <folder>     the folder with projects
          --received <folder>     the folder for studies that are fetched from archives
          --outgoing <folder>     the folder to which approved studies may be copied
          --store <folder>        where jobs, schedules and uploads are kept; without it, in your application data
                                  or, for several sidecars, a database of PostgreSQL: "Host=...;Database=...;Username=...;Passfile=..."
          --shared <folder>       with a database: the folder that its sidecars share, with the key of what is in it
          --port <number>         the TCP port; without it, or 0, one that is free
          --telemetry <url>       sends metrics and traces to a collector of OpenTelemetry; they name no patient, path or UID
          --token-file <path>     where the token is written; without it, in your application data
          --login-link            prints a link that logs a browser in, once
          --background            goes on when its console is closed, or has Ctrl+C pressed
          --configuration <file>  a JSON file that says the same: { "roots": [...], "workspace": "...", "port": 5400 }
          --listen <address>      an address to listen on; may be repeated; without it 127.0.0.1 and ::1
          --certificate <file>    a certificate with its key, PKCS #12 or PEM: https
          --host-name <name>      another name under which clients ask; may be repeated; needs --certificate
          --allow-remote          lets --listen name addresses that others can reach; needs --certificate
        """;

    /// <summary>The options of a command line, over those of the configuration's file.</summary>
    /// <exception cref="UsageException">The line or the file says what is not understood.</exception>
    public static SidecarOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SidecarOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "--background" => options with { Background = true },
                "--login-link" => options with { PrintLoginLink = true },
                "--allow-remote" => options with { AllowRemote = true },
                _ => With(options, name, i + 1 < arguments.Count ? arguments[++i] : throw new UsageException($"{Known(name)} needs a value.")),
            };
        }

        return options.Problem() is { } problem ? throw new UsageException(problem) : options;
    }

    private static SidecarOptions With(SidecarOptions options, string name, string value) => name switch
    {
        "--root" => options with { Roots = [.. options.Roots, value] },
        "--workspace" => options with { Workspace = value },
        "--projects" => options with { Projects = value },
        "--received" => options with { Received = value },
        "--outgoing" => options with { Outgoing = value },
        "--telemetry" => options with { Telemetry = Uri.TryCreate(value, UriKind.Absolute, out var collector) ? collector : throw new UsageException("--telemetry needs an address.") },
        "--shared" => options with { Shared = value },
        "--store" => options with { Store = value },
        "--port" => options with { Port = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : throw new UsageException("--port needs a number.") },
        "--token-file" => options with { TokenFile = value },
        "--listen" => options with { Listen = [.. options.Listen, value] },
        "--certificate" => options with { CertificateFile = value },
        "--host-name" => options with { HostNames = [.. options.HostNames, value] },
        "--configuration" => Read(value),
        _ => throw new UsageException($"{Known(name)} is no option."),
    };

    /// <summary>An option's name, unless it may be a value that somebody has put in its place.</summary>
    private static string Known(string name) => name.Length > 2 && name.StartsWith("--", StringComparison.Ordinal) && name.AsSpan(2).IndexOfAnyExceptInRange('-', 'z') < 0 ? name : "What was given";

    private static SidecarOptions Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SidecarJson.Default.SidecarOptions) ?? throw new UsageException("The configuration is empty.");
        }
        catch (JsonException e)
        {
            throw new UsageException(FormattableString.Invariant($"The configuration is not what is expected: line {e.LineNumber + 1}."));
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw new UsageException($"The configuration: {known.Message}");
        }
    }
}

/// <summary>Says what is wrong with the command line.</summary>
internal sealed class UsageException(string message) : Exception(message);
