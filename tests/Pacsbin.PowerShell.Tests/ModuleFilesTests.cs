namespace Pacsbin.Tests;

public sealed class ModuleFilesTests
{
    static string Module => Path.Combine(Repository.Root, "module");

    [Theory]
    [InlineData("SkiaSharp.LICENSE.txt", "Copyright (c) 2015-2016 Xamarin, Inc.")]
    [InlineData("SkiaSharp.NativeAssets.Linux.NoDependencies.LICENSE.txt", "Copyright (c) 2015-2016 Xamarin, Inc.")]
    [InlineData("SkiaSharp.NativeAssets.Linux.NoDependencies.THIRD-PARTY-NOTICES.txt", "Skia")]
    [InlineData("System.IO.Hashing.LICENSE.txt", "Copyright (c) .NET Foundation and Contributors")]
    [InlineData("System.IO.Hashing.THIRD-PARTY-NOTICES.TXT", "xxHash")]
    public void Licenses_of_what_is_shipped_are_shipped(string file, string holds) =>
        Assert.Contains(holds, File.ReadAllText(Path.Combine(Module, "licenses", file)), StringComparison.Ordinal);

    [Theory]
    [InlineData("win-x64", "libSkiaSharp.dll")]
    [InlineData("win-arm64", "libSkiaSharp.dll")]
    [InlineData("linux-x64", "libSkiaSharp.so")]
    [InlineData("linux-arm64", "libSkiaSharp.so")]
    [InlineData("osx-x64", "libSkiaSharp.dylib")]
    [InlineData("osx-arm64", "libSkiaSharp.dylib")]
    public void Each_system_has_its_native_library(string system, string file) =>
        Assert.True(new FileInfo(Path.Combine(Module, system, file)).Length > 1 << 20);
}
