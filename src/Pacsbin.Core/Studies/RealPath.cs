namespace Pacsbin.Studies;

/// <summary>Tells whether two paths are one place.</summary>
public static class RealPath
{
    /// <summary>The path without links in it, as far as they can be resolved.</summary>
    /// <param name="item">A file or folder, which need not exist.</param>
    /// <param name="folders">The folders that were resolved before.</param>
    public static string Of(FileSystemInfo item, Dictionary<string, string> folders)
    {
        var resolved = item.LinkTarget is null ? item : item.ResolveLinkTarget(returnFinalTarget: true) ?? item;
        var parent = Path.GetDirectoryName(resolved.FullName);
        if (parent is null)
        {
            return resolved.FullName;
        }

        if (!folders.TryGetValue(parent, out var realParent))
        {
            folders[parent] = realParent = Of(new DirectoryInfo(parent), folders);
        }

        return Path.Join(realParent, resolved.Name);
    }
}
