using Xunit;

namespace Pacsbin.Tests;

/// <summary>Finds the folder of facts and sample files that lies beside the repository.</summary>
internal static class TestData
{
    /// <summary>The folder, from PACSBIN_SHARED or beside the repository; null where there is none.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>The path of a shared file; skips the running test where the file is absent.</summary>
    public static string RequireShared(params string[] path)
    {
        Assert.SkipWhen(Shared is null, "The shared folder is not beside the repository.");
        var file = Path.Combine([Shared!, .. path]);
        Assert.SkipUnless(Path.Exists(file), $"The shared folder has no {string.Join('/', path)}.");
        return file;
    }

    private static string? FindShared()
    {
        if (Environment.GetEnvironmentVariable("PACSBIN_SHARED") is { Length: > 0 } stated)
        {
            return Directory.Exists(stated) ? stated : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PacsbinPS.sln")))
            {
                var shared = Path.Combine(folder.Parent?.FullName ?? folder.FullName, "shared");
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }
}
