using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Pacsbin.Sidecar;

/// <summary>The native libraries of the module, which has them for all its systems; the copy beside the module has none of its own.</summary>
internal static class ModuleLibraries
{
    private static readonly string[] Known = ["libSkiaSharp", "e_sqlite3"];

    /// <summary>Has them loaded where the program has none.</summary>
    public static void Use() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += static (_, name) =>
        Known.Contains(name) && NativeLibrary.TryLoad(PathOf(name), out var library) ? library : 0;

    private static string PathOf(string name)
    {
        var (system, ending) = OperatingSystem.IsWindows() ? ("win", ".dll") : OperatingSystem.IsMacOS() ? ("osx", ".dylib") : ("linux", ".so");
        return Path.Join(AppContext.BaseDirectory, "..", $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", name + ending);
    }
}
