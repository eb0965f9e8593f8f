using System.Runtime.CompilerServices;

namespace Pacsbin.Tests.Archives;

/// <summary>Keeps the archives that tests register, and the files that they fetch, away from those of the user who runs the tests.</summary>
static class RegisteredArchives
{
    public static string Folder { get; } = Directory.CreateTempSubdirectory("pacsbin-archives-").FullName;

    /// <summary>The folder of the transient folders.</summary>
    public static string Transient { get; } = Directory.CreateTempSubdirectory("pacsbin-fetched-").FullName;

    [ModuleInitializer]
    public static void Begin()
    {
        Environment.SetEnvironmentVariable("PACSBIN_ARCHIVES", Folder);
        Environment.SetEnvironmentVariable("PACSBIN_TRANSIENT", Transient);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Array.ForEach([Folder, Transient], f => Directory.Delete(f, recursive: true));
    }
}
