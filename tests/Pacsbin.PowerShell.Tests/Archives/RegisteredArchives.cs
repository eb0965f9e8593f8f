using System.Runtime.CompilerServices;

namespace Pacsbin.Tests.Archives;

/// <summary>Keeps the archives that tests register away from those of the user who runs the tests.</summary>
static class RegisteredArchives
{
    public static string Folder { get; } = Directory.CreateTempSubdirectory("pacsbin-archives-").FullName;

    [ModuleInitializer]
    public static void Begin()
    {
        Environment.SetEnvironmentVariable("PACSBIN_ARCHIVES", Folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
    }
}
