using System.Text.RegularExpressions;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Access;

/// <summary>Decides which paths of a caller may be used: those that, without links, are below a configured folder.</summary>
/// <remarks>What is refused is refused with one message, whether or not it exists.</remarks>
internal sealed partial class AllowedFolders
{
    private const int LongestPath = 4096;
    private static readonly char Separator = Path.DirectorySeparatorChar;
    private static readonly StringComparison Comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    private readonly string[] readable;
    private readonly string[] workspaces;
    private readonly string[] received;
    private readonly string[] outgoing;

    /// <exception cref="PacsbinException">FileIo, FileAccessDenied if a configured folder cannot be resolved.</exception>
    public AllowedFolders(SidecarOptions options)
    {
        var roots = options.Roots.Select(Real).ToArray();
        workspaces = options.Workspace is null ? [] : [Real(options.Workspace)];
        received = options.Received is null ? [] : [Real(options.Received)];
        outgoing = options.Outgoing is null ? [] : [Real(options.Outgoing)];
        readable = [.. roots, .. workspaces, .. received];
        Projects = options.Projects is null ? null : Real(options.Projects);
    }

    /// <summary>The workspace that is meant when none is named, without links; null for none.</summary>
    public string? Workspace => workspaces.FirstOrDefault();

    /// <summary>The folder with projects, without links; null for none.</summary>
    public string? Projects { get; }

    /// <summary>Whether all configured folders are there.</summary>
    public bool AreThere() => readable.Concat(outgoing).Append(Projects).All(folder => folder is null || Directory.Exists(folder));

    /// <summary>Whether a file or folder may be read, by its path without links.</summary>
    public bool MayRead(string realPath) => readable.Any(folder => IsBelow(realPath, folder));

    /// <summary>The real path of a file or folder that may be read.</summary>
    /// <exception cref="PacsbinException">FileAccessDenied.</exception>
    public string RequireReadable(string path) => Require(path, readable);

    /// <summary>The real path of a workspace: the configured one, or the folder below it that is named.</summary>
    /// <exception cref="PacsbinException">FileAccessDenied; FileNotFound if none is named and none configured.</exception>
    public string RequireWorkspace(string? path) =>
        path is not null ? Require(path, workspaces)
        : Workspace ?? throw new PacsbinException(PacsbinError.FileNotFound, "No workspace is configured: start the sidecar with --workspace.");

    /// <summary>The real path of a folder for fetched studies: the configured one, or the folder below it that is named.</summary>
    /// <exception cref="PacsbinException">FileAccessDenied; FileNotFound if none is configured.</exception>
    public string RequireReceived(string? path) => path is not null ? Require(path, received)
        : received.FirstOrDefault() ?? throw new PacsbinException(PacsbinError.FileNotFound, "No folder for fetched studies is configured: start the sidecar with --received.");

    /// <summary>The real path of a folder or .zip file that approved studies are copied to.</summary>
    /// <exception cref="PacsbinException">FileAccessDenied.</exception>
    public string RequireOutgoing(string path) => Require(path, outgoing);

    /// <summary>The real path of a study's folder, or of one of its files, in a workspace from <see cref="RequireWorkspace"/>.</summary>
    /// <param name="workspace">The workspace's real path.</param>
    /// <param name="names">A UID, or a UID and the name of a file.</param>
    /// <exception cref="PacsbinException">FileAccessDenied, also for a link that leads elsewhere.</exception>
    public static string RequireInWorkspace(string workspace, params ReadOnlySpan<string> names) => Require(Path.Join([workspace, .. names]), [workspace]);

    /// <summary>The folder of a project, which need not exist.</summary>
    /// <param name="name">The folder's name.</param>
    /// <exception cref="PacsbinException">FileAccessDenied; FileNotFound if no folder with projects is configured.</exception>
    public string RequireProject(string name)
    {
        var projects = Projects ?? throw new PacsbinException(PacsbinError.FileNotFound, "No folder with projects is configured: start the sidecar with --projects.");
        return name.Length == 0 || name.Contains(Separator, StringComparison.Ordinal) ? throw Denied() : Require(Path.Join(projects, name), [projects]);
    }

    private static string Require(string path, string[] folders)
    {
        if (!IsPlain(path))
        {
            throw Denied();
        }

        try
        {
            var real = Real(path);
            return folders.Any(folder => IsBelow(real, folder)) ? real : throw Denied();
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is not null)
        {
            throw Denied(); // a circle of links, or a folder that may not be searched: why would tell what is there
        }
    }

    /// <summary>Whether a text can only mean one file: a full path without anything that is resolved, decoded or meant for a device.</summary>
    private static bool IsPlain(string path)
    {
        if (path.Length is 0 or > LongestPath || !Path.IsPathFullyQualified(path) || path.Any(char.IsControl) || Encoded().IsMatch(path))
        {
            return false;
        }

        if (path.StartsWith(@"\\", StringComparison.Ordinal) || path.StartsWith("//", StringComparison.Ordinal) || path.Contains(Separator == '/' ? '\\' : '/', StringComparison.Ordinal))
        {
            return false;
        }

        var names = path[Path.GetPathRoot(path)!.Length..].TrimEnd(Separator).Split(Separator);
        return names.All(n => n.AsSpan().Trim(" .").Length > 0 && !n.EndsWith('.') && !n.EndsWith(' ') && !Device().IsMatch(n) && !(OperatingSystem.IsWindows() && n.Contains(':', StringComparison.Ordinal)));
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, Comparison) && (path.Length == folder.Length || path[folder.Length] == Separator);

    private static string Real(string path) => RealPath.Of(new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), new Dictionary<string, string>(StringComparer.Ordinal));

    private static PacsbinException Denied() => new(PacsbinError.FileAccessDenied, "The path is not one that this sidecar may use.");

    /// <summary>Percent encoding, which nothing here decodes: whoever sends it expects somebody to.</summary>
    [GeneratedRegex("%[0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}")]
    private static partial Regex Encoded();

    /// <summary>Names that are devices on Windows, whatever their ending; refused everywhere, so that what works on one system works on all.</summary>
    [GeneratedRegex(@"^(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9\u00B9\u00B2\u00B3])\s*(\..*|:.*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
