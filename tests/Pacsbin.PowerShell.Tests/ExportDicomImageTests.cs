using System.Globalization;
using System.Management.Automation;
using Pacsbin.Redaction;

namespace Pacsbin.Tests;

public sealed class ExportDicomImageTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.ExportDicomImageCommand";
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public ExportDicomImageTests() => session = new ModuleSession(samples.Root);

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Theory]
    [InlineData("Get-DicomStudy source | Export-DicomImage -Destination out")]
    [InlineData("Export-DicomImage source -Destination ./out -ThrottleLimit 1")]
    [InlineData("Export-DicomImage -Path s*e -Destination out -Format png")]
    [InlineData("Export-DicomImage -LiteralPath source -Destination out")]
    [InlineData("'source' | Export-DicomImage -Destination out")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('source', $false) | Export-DicomImage -Destination out")]
    [InlineData("$s = Get-DicomStudy source; Export-DicomImage -Study $s -Destination out")]
    public void Each_image_becomes_a_picture_named_by_its_uid(string script)
    {
        samples.Add("a/MUELLER.dcm");
        samples.Add("b/2.dcm", instance: "2");
        samples.Add("3.dcm", study: "1.2.2");
        var files = Export(script);
        Assert.Empty(session.Errors);
        Assert.Equal(["1.2.1.1.1.png", "1.2.1.1.2.png", "1.2.2.1.1.png"], files.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Equal(files.Select(f => f.FullName).Order(StringComparer.Ordinal), Directory.GetFiles(samples.Destination).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal("\u0089PNG"u8[1..].ToArray(), File.ReadAllBytes(f.FullName)[..4]));
    }

    [Theory]
    [InlineData("", "3")]
    [InlineData("-Frame 1", "1")]
    [InlineData("-Frame 4, 2, 4", "4 2")]
    [InlineData("-AllFrames", "1 2 3 4")]
    public void Frames_are_counted_from_1(string choice, string expected)
    {
        AddLoop("loop.dcm", frames: 4);
        var files = Export("Export-DicomImage source -Destination out " + choice);
        Assert.Equal(expected.Split(' ').Select(f => $"1.2.1.1.7-frame000{f}.png"), files.Select(f => f.Name));
    }

    [Fact]
    public void Frame_that_an_image_lacks_is_one_error()
    {
        AddLoop("loop.dcm", frames: 4);
        string single = samples.Add("1.dcm");
        Assert.Single(Export("Export-DicomImage source -Destination out -Frame 2"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("RegionOutsideImage" + Id, ErrorCategory.InvalidArgument, (object)single), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains("has 1 frames; frame 2 was asked for", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Jpeg_has_its_ending_and_quality()
    {
        samples.Add("1.dcm", pixelBytes: 4096);
        var low = Assert.Single(Export("Export-DicomImage source -Destination low -Format Jpeg -Quality 5 -Width 300"));
        var high = Assert.Single(Export("Export-DicomImage source -Destination high -Format Jpeg -Quality 100 -Width 300"));
        Assert.Equal(("1.2.1.1.1.jpg", "1.2.1.1.1.jpg"), (low.Name, high.Name));
        Assert.Equal((byte[])[0xFF, 0xD8, 0xFF], File.ReadAllBytes(low.FullName)[..3]);
        Assert.True(low.Length <= high.Length);
    }

    [Fact]
    public void Picture_that_is_there_stays_unless_forced()
    {
        string source = samples.Add("1.dcm");
        var picture = Assert.Single(Export("Export-DicomImage source -Destination out"));
        File.WriteAllText(picture.FullName, "mine");
        Assert.Empty(Export("Export-DicomImage source -Destination out"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("DestinationExists" + Id, ErrorCategory.ResourceExists, (object)source), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, error.TargetObject));
        Assert.Equal("mine", File.ReadAllText(picture.FullName));
        Assert.Single(Export("Export-DicomImage source -Destination out -Force"));
        Assert.Empty(session.Errors);
        Assert.NotEqual("mine", File.ReadAllText(picture.FullName));
        Assert.Single(Directory.GetFiles(samples.Destination));
    }

    [Fact]
    public void Two_files_of_one_uid_do_not_replace_each_other()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm");
        Assert.Single(Export("Export-DicomImage source -Destination out -Force"));
        Assert.StartsWith("DestinationExists,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_if_writes_nothing_and_names_nobody()
    {
        samples.Add("1.dcm");
        Assert.Empty(Export("Export-DicomImage source -Destination out -WhatIf"));
        Assert.False(Directory.Exists(samples.Destination));
        string line = Assert.Single(session.HostLines);
        Assert.Contains("study with 1 file in " + samples.Source, line, StringComparison.Ordinal);
        Assert.DoesNotContain("P-17", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_file_is_one_error_and_the_run_goes_on()
    {
        samples.Add("1.dcm");
        string bad = samples.Add("2.dcm", instance: "2");
        byte[] bytes = File.ReadAllBytes(bad);
        bytes[bytes.AsSpan().LastIndexOf((byte[])[0x28, 0, 0x11, 0, (byte)'U', (byte)'S', 2, 0]) + 9] = 0xFF; // Columns of more than the pixel data
        File.WriteAllBytes(bad, bytes);
        Assert.Single(Export("Export-DicomImage source -Destination out"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("MalformedElement" + Id, (object)bad), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.DoesNotContain("MUELLER", error.ToString() + error.Exception, StringComparison.Ordinal);
    }

    [Fact]
    public void Instance_without_pixels_is_skipped_and_counted()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2", pixelBytes: 0);
        Assert.Single(Export("$VerbosePreference = 'Continue'; Export-DicomImage source -Destination out"));
        Assert.Empty(session.Errors);
        Assert.Contains("VERBOSE: Skipped 1 files without pixel data.", session.HostLines);
    }

    [Theory]
    [InlineData("Export-DicomImage -LiteralPath 'source/scan [1].dcm' -Destination 'out [1]'")]
    [InlineData("Export-DicomImage 'source/scan `[1`].dcm' -Destination 'out [1]'")]
    public void Bracket_may_be_in_names(string script)
    {
        samples.Add("scan [1].dcm");
        var picture = Assert.Single(Export(script));
        Assert.Equal(Path.Combine(samples.Root, "out [1]"), picture.DirectoryName);
        Assert.True(picture.Exists);
    }

    [Fact]
    public void Contact_sheet_is_one_picture_of_a_study()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2");
        samples.Add("3.dcm", study: "1.2.2");
        var files = Export("Get-DicomStudy source | Export-DicomImage -Destination out -ContactSheet -Width 64");
        Assert.Empty(session.Errors);
        Assert.Equal(["1.2.1-sheet.png", "1.2.2-sheet.png"], files.Select(f => f.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "1.2.1.1.1.png")]
    [InlineData("-ContactSheet", "1.2.1-sheet.png")]
    public void Planned_regions_are_outlined(string parameter, string name)
    {
        samples.Add("1.dcm", pixelBytes: 64);
        session.Set("region", new RedactionRegion(0, 0, 32, 1));
        Export("Export-DicomImage source -Destination plain " + parameter);
        Export("$s = Get-DicomStudy source; $s.Plan([Pacsbin.Redaction.RedactionRegion[]] @($region)); $s | Export-DicomImage -Destination out " + parameter);
        Export("$s | Export-DicomImage -Destination outlined -ShowRegions " + parameter);
        Assert.Empty(session.Errors);
        byte[] Picture(string folder) => File.ReadAllBytes(Path.Combine(samples.Root, folder, name));
        Assert.Equal(Picture("plain"), Picture("out"));
        Assert.NotEqual(Picture("plain"), Picture("outlined"));
    }

    [Fact]
    public void Region_that_erases_its_outside_does_not_look_like_any_other()
    {
        samples.Add("1.dcm", pixelBytes: 64);
        RedactionRegion region = new(8, 0, 16, 1), beyond = new(100, 0, 8, 1) { Clip = true };
        byte[] inside = Show(region, "inside"), outside = Show(region with { Outside = true }, "outside");
        Assert.NotEqual(inside, outside);
        Assert.NotEqual(Show(beyond, "nothing"), Show(beyond with { Outside = true }, "all"));

        byte[] Show(RedactionRegion planned, string folder)
        {
            session.Set("region", planned);
            var picture = Assert.Single(Export($"$s = Get-DicomStudy source; $s.Plan($region); $s | Export-DicomImage -Destination {folder} -ShowRegions"));
            Assert.Empty(session.Errors);
            return File.ReadAllBytes(picture.FullName);
        }
    }

    [Fact]
    public void Study_that_is_piped_twice_is_exported_once()
    {
        samples.Add("1.dcm");
        Assert.Single(Export("$s = Get-DicomStudy source; $s, $s | Export-DicomImage -Destination out -ShowRegions"));
        Assert.Empty(session.Errors);
    }

    [Fact]
    public void Uid_that_is_a_path_stays_in_the_folder()
    {
        samples.Add("1.dcm", instance: "../../../P-17");
        var picture = Assert.Single(Export("Export-DicomImage source -Destination out"));
        Assert.Equal((samples.Destination, "1.2.1.1..._.._..___17.png"), (picture.DirectoryName, picture.Name));
    }

    [Fact]
    public void Progress_counts_and_names_nobody()
    {
        samples.Add("MUELLER/1.dcm");
        Export("Export-DicomImage source -Destination out");
        Assert.Contains(session.Progress, p => p.Activity == "Exporting pictures" && p.RecordType == ProgressRecordType.Completed && p.StatusDescription == "1 of 1 item, 1 pictures");
        Assert.All(session.Progress, p => Assert.DoesNotContain("MUELLER", p.Activity + p.StatusDescription + p.CurrentOperation, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("-WindowCenter 40", "InvalidArgument")]
    [InlineData("-WindowWidth 40", "InvalidArgument")]
    [InlineData("-WindowCenter 40 -WindowWidth 0", "InvalidArgument")]
    [InlineData("-WindowCenter 40 -WindowWidth -1", "InvalidArgument")]
    [InlineData("-WindowCenter NaN -WindowWidth 1", "InvalidArgument")]
    [InlineData("-FullRange -WindowCenter 1 -WindowWidth 1", "InvalidArgument")]
    [InlineData("-Frame 1 -AllFrames", "InvalidArgument")]
    [InlineData("-Frame 1 -ContactSheet", "InvalidArgument")]
    [InlineData("-Frame 0", "ParameterArgumentValidationError")]
    [InlineData("-Width 0", "ParameterArgumentValidationError")]
    [InlineData("-Height 16385", "ParameterArgumentValidationError")]
    [InlineData("-Quality 101", "ParameterArgumentValidationError")]
    [InlineData("-Format Gif", "CannotConvertArgumentNoMessage")]
    public void Wrong_parameters_are_refused(string parameters, string id)
    {
        samples.Add("1.dcm");
        Assert.Empty(Export("Export-DicomImage source -Destination out " + parameters));
        Assert.StartsWith(id + ",", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(samples.Destination));
    }

    [Theory]
    [InlineData("source/1.dcm", "DestinationExists")]
    [InlineData("env:PATH", "FileNotFound")]
    public void Destination_that_is_no_folder_is_refused(string destination, string id)
    {
        samples.Add("1.dcm");
        Assert.Empty(Export("Export-DicomImage source -Destination $args[0]", destination));
        Assert.StartsWith(id + ",", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("studies", "Export-DicomImage source -Destination $args[0]")]
    [InlineData("studies/pictures", "Export-DicomImage source -Destination $args[0]")]
    [InlineData("studies/STUDY", "Export-DicomImage source -Destination $args[0] -Force")]
    [InlineData("studies/STUDY", "Export-DicomImage studies -Destination $args[0] -ContactSheet")]
    [InlineData("studies/STUDY/pictures", "Export-DicomImage studies -Destination $args[0]")]
    [InlineData("studies", "Export-DicomImage studies, source -Destination $args[0]")]
    public void Picture_does_not_get_into_what_is_given_away(string destination, string script)
    {
        samples.Add("1.dcm");
        session.Invoke("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination studies");
        string study = Assert.Single(Directory.GetDirectories(Path.Combine(samples.Root, "studies")));
        string[] before = Everything();
        Assert.Empty(Export(script, destination.Replace("STUDY", Path.GetFileName(study), StringComparison.Ordinal)));
        Assert.StartsWith("DestinationExists,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(before, Everything());

        string[] Everything() => [.. Directory.GetFileSystemEntries(Path.Combine(samples.Root, "studies"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Picture_of_a_deidentified_study_may_be_beside_it()
    {
        samples.Add("1.dcm");
        session.Invoke("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination studies");
        Assert.Single(Export("Export-DicomImage studies -Destination studies/pictures"));
        Assert.Empty(session.Errors);
    }

    [Theory]
    [InlineData("", "Showed one frame of each of 2 loops; -AllFrames shows all.")]
    [InlineData("-AllFrames", null)]
    [InlineData("-Frame 1, 2", null)]
    [InlineData("-ContactSheet", null)]
    public void Frames_that_are_left_out_are_told_once(string choice, string? warning)
    {
        AddLoop("1.dcm", frames: 4);
        AddLoop("2.dcm", frames: 2, instance: 8);
        Export("Export-DicomImage source -Destination out " + choice);
        Assert.Empty(session.Errors);
        Assert.Equal(warning is null ? [] : [warning], session.Warnings);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("-FullRange", 0)]
    [InlineData("-WindowCenter 600 -WindowWidth 1200", 0)]
    public void Letters_outside_of_the_window_are_told_once(string choice, int warnings)
    {
        ushort[] pixels = [.. Enumerable.Range(0, 4096).Select(i => (ushort)(i < 2048 ? 255 * (i / 3 % 2) : 800 + (i * 13 % 400)))];
        foreach (int instance in (int[])[7, 8])
        {
            File.WriteAllBytes(Path.Combine(samples.Source, $"{instance}.dcm"), new DicomBuilder()
                .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2\0").Element(0x00080018, "UI", $"1.2.1.1.{instance}\0").Element(0x00080060, "CS", "CT")
                .Element(0x0020000D, "UI", "1.2.1\0").Element(0x0020000E, "UI", "1.2.1.1\0").Numbers(0x00280010, "US", 64).Numbers(0x00280011, "US", 64)
                .Numbers(0x00280100, "US", 16).Numbers(0x00280101, "US", 12).Numbers(0x00280102, "US", 11)
                .Element(0x00281050, "DS", "1000").Element(0x00281051, "DS", "500 ")
                .Element(0x7FE00010, "OW", System.Runtime.InteropServices.MemoryMarshal.AsBytes<ushort>(pixels).ToArray()).ToFile());
        }

        Assert.Equal(2, Export("Export-DicomImage source -Destination out " + choice).Count);
        Assert.Empty(session.Errors);
        Assert.Equal(warnings, session.Warnings.Count);
        Assert.All(session.Warnings, w => Assert.StartsWith("2 pictures hide shapes", w, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_run_leaves_no_half_picture()
    {
        for (int instance = 1; instance <= 60; instance++) samples.Add($"{instance}.dcm", instance: $"{instance}", pixelBytes: 60000);
        var writing = Task.Run(async () =>
        {
            while (!Directory.Exists(samples.Destination) || !Directory.EnumerateFiles(samples.Destination, "*.png").Any()) await Task.Delay(1, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        var stopping = await session.InvokeAndStop("Export-DicomImage source -Destination out -Width 4000 -ThrottleLimit 1", writing);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.All(Directory.GetFiles(samples.Destination, "*.png"), f => Assert.Equal("IEND"u8.ToArray(), File.ReadAllBytes(f)[^8..^4]));
    }

    [Fact]
    public async Task Library_for_pictures_is_loaded_with_the_first_picture()
    {
        samples.Add("1.dcm");
        string script = Path.Combine(samples.Root, "loaded.ps1");
        await File.WriteAllTextAsync(script, """
            param($Source, $Destination)
            $null = Get-DicomStudy $Source | Invoke-PacsbinAnonymize -Destination "$Destination/studies"
            'before ' + @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object FullName -Like 'SkiaSharp,*').Count
            (Export-DicomImage $Source -Destination "$Destination/pictures").Name
            'after ' + @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object FullName -Like 'SkiaSharp,*').Count
            """, TestContext.Current.CancellationToken);
        var result = await HostProcess.Run(script, samples.Source, samples.Destination);
        Assert.Equal((0, "", "before 0\n1.2.1.1.1.png\nafter 1\n"), (result.ExitCode, result.Error, result.Output));
    }

    List<FileInfo> Export(string script, params object?[] arguments) => [.. session.Invoke(script, arguments).Select(s => (FileInfo)s.BaseObject)];

    /// <summary>Writes an image of several frames of one pixel row.</summary>
    void AddLoop(string name, int frames, int instance = 7) => File.WriteAllBytes(Path.Combine(samples.Source, name), new DicomBuilder()
        .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.3.1\0").Element(0x00080018, "UI", $"1.2.1.1.{instance}\0").Element(0x00080060, "CS", "US")
        .Element(0x0020000D, "UI", "1.2.1\0").Element(0x0020000E, "UI", "1.2.1.1\0").Element(0x00280008, "IS", frames.ToString(CultureInfo.InvariantCulture) + " ")
        .Numbers(0x00280010, "US", 1).Numbers(0x00280011, "US", 2).Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7)
        .Element(0x7FE00010, "OW", [.. Enumerable.Range(0, 2 * frames).Select(i => (byte)i)]).ToFile());
}
