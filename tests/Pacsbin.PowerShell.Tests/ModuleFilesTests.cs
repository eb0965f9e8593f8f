namespace Pacsbin.Tests;

public sealed class ModuleFilesTests
{
    static string Module => Path.Combine(Repository.Root, "module");

    [Theory]
    [InlineData("SkiaSharp.LICENSE.txt", "Copyright (c) 2015-2016 Xamarin, Inc.")]
    [InlineData("SkiaSharp.NativeAssets.Linux.NoDependencies.LICENSE.txt", "Copyright (c) 2015-2016 Xamarin, Inc.")]
    [InlineData("SkiaSharp.NativeAssets.Linux.NoDependencies.THIRD-PARTY-NOTICES.txt", "Skia")]
    [InlineData("System.IO.Hashing.LICENSE.txt", "Copyright (c) .NET Foundation and Contributors")]
    [InlineData("System.Security.Cryptography.ProtectedData.LICENSE.txt", "Copyright (c) .NET Foundation and Contributors")]
    [InlineData("Microsoft.Data.Sqlite.LICENSE.txt", "Copyright (c) .NET Foundation and Contributors")]
    [InlineData("Polly.Core.LICENSE", "App vNext")]
    [InlineData("BouncyCastle.Cryptography.LICENSE.md", "The Legion of the Bouncy Castle Inc.")]
    [InlineData("Microsoft.AspNetCore.WebUtilities.LICENSE.txt", "Copyright (c) .NET Foundation and Contributors")]
    [InlineData("SQLitePCLRaw.LICENSE.txt", "Copyright 2014-2024 SourceGear, LLC")]
    [InlineData("SQLitePCLRaw.LICENSE.txt", "Version 2.0, January 2004")]
    [InlineData("System.IO.Hashing.THIRD-PARTY-NOTICES.TXT", "xxHash")]
    public void Licenses_of_what_is_shipped_are_shipped(string file, string holds) =>
        Assert.Contains(holds, File.ReadAllText(Path.Combine(Module, "licenses", file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Quartz.txt", "Apache License")]
    [InlineData("Npgsql.txt", "Npgsql")]
    [InlineData("OpenTelemetry.txt", "Apache License")]
    [InlineData("Swashbuckle.AspNetCore.SwaggerUI.txt", "Richard Morris")]
    [InlineData("swagger-ui.txt", "SmartBear")]
    [InlineData("Microsoft.OpenApi.txt", "Microsoft Corporation")]
    [InlineData("Microsoft.AspNetCore.OpenApi and Microsoft.Extensions.txt", "Copyright (c) .NET Foundation and Contributors")]
    public void Licenses_of_what_the_sidecar_brings_are_shipped(string file, string holds) =>
        Assert.Contains(holds, File.ReadAllText(Path.Combine(Module, "sidecar", "licenses", file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("win-x64", "libSkiaSharp.dll")]
    [InlineData("win-arm64", "libSkiaSharp.dll")]
    [InlineData("linux-x64", "libSkiaSharp.so")]
    [InlineData("linux-arm64", "libSkiaSharp.so")]
    [InlineData("osx-x64", "libSkiaSharp.dylib")]
    [InlineData("osx-arm64", "libSkiaSharp.dylib")]
    [InlineData("win-x64", "e_sqlite3.dll")]
    [InlineData("win-arm64", "e_sqlite3.dll")]
    [InlineData("linux-x64", "e_sqlite3.so")]
    [InlineData("linux-arm64", "e_sqlite3.so")]
    [InlineData("osx-x64", "e_sqlite3.dylib")]
    [InlineData("osx-arm64", "e_sqlite3.dylib")]
    public void Each_system_has_its_native_library(string system, string file) =>
        Assert.True(new FileInfo(Path.Combine(Module, system, file)).Length > 1 << 20);

    [Fact]
    public void Sidecar_beside_the_module_has_nothing_of_one_system_only() => // it takes the module's libraries, and dotnet starts it
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Path.Combine(Module, "sidecar")), f => Path.GetFileName(f) is "runtimes" or "pacsbin-sidecar" or "pacsbin-sidecar.exe" or "pacsbin-sidecar.deps.json");

    /// <summary>What a script does to see which libraries are loaded, before and after a database is opened through the module's copy.</summary>
    const string OpenDatabase = """
        $folder = [IO.Path]::Combine((Get-Module Pacsbin).ModuleBase, 'module')
        $loaded = { @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -match 'Sqlite|SQLitePCL|SkiaSharp' -and $_.Location.StartsWith($folder) }).Count }
        "loaded $(& $loaded)"
        $null = [Reflection.Assembly]::LoadFrom([IO.Path]::Combine($folder, 'Microsoft.Data.Sqlite.dll'))
        $connection = [Microsoft.Data.Sqlite.SqliteConnection]::new('Data Source=:memory:')
        $connection.Open()
        $command = $connection.CreateCommand()
        $command.CommandText = "create table t(v); insert into t values ('stored'); select v from t"
        $command.ExecuteScalar()
        $connection.Dispose()
        "loaded $(& $loaded)"
        """;

    [Fact]
    public void Engine_opens_a_database()
    {
        // This process has SQLite beside the tests too, so which copy it is shows in the host only.
        using var session = new ModuleSession();
        Assert.Contains("stored", session.Invoke(OpenDatabase).Select(o => o.ToString()));
        Assert.Empty(session.Errors);
    }

    [Fact]
    public async Task Host_opens_a_database_through_the_modules_copy_and_loads_it_only_then()
    {
        var result = await HostProcess.Run("-Command", OpenDatabase);
        Assert.Equal((0, "loaded 0\nstored\nloaded 4\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Data_protection_has_the_version_that_the_engine_brings()
    {
        var ours = System.Reflection.AssemblyName.GetAssemblyName(Path.Combine(Module, "System.Security.Cryptography.ProtectedData.dll"));
        var engines = System.Reflection.AssemblyName.GetAssemblyName(Path.Combine(Path.GetDirectoryName(Repository.Host)!, "System.Security.Cryptography.ProtectedData.dll"));
        // The engine loads its own first: an assembly that asks for a newer version would not find it.
        Assert.Equal(engines.Version, ours.Version);
    }
}
