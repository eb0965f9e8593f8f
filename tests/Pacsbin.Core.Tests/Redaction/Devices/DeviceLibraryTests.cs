using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Redaction.Devices;

public sealed class DeviceLibraryTests
{
    private static string ShippedScript => TestData.RequireShared("ctp", "scripts", "DicomPixelAnonymizer.script");

    [Fact]
    public void CTPs_own_library_loads_as_it_is()
    {
        var library = DeviceLibrary.Load(ShippedScript);
        var text = File.ReadAllText(ShippedScript);
        Assert.Equal(52, library.Signatures.Count);
        Assert.Equal(text.Count(c => c == '{'), library.Signatures.Count);
        Assert.Equal(text.Split("\n").Sum(line => System.Text.RegularExpressions.Regex.Count(line, @"\(-?\d+,")), library.Signatures.Sum(s => s.Regions.Count));
        Assert.All(library.Signatures, signature => Assert.NotEmpty(signature.Regions));
        Assert.Empty(library.Problems);
        Assert.Equal(("CT Dose Series", 22), (library.Signatures[0].Name, library.Signatures[0].Line));
        Assert.Equal(("MEDRAD Injection Profile", "0,0,750,230"), (library.Signatures[^1].Name, library.Signatures[^1].Regions[0].ToString()));
    }

    [Fact]
    public void Each_signature_of_CTPs_library_is_matched_unless_an_earlier_one_says_less()
    {
        var library = DeviceLibrary.Load(ShippedScript);
        List<string> shadowed = [];
        foreach (var signature in library.Signatures)
        {
            var (dataset, fileMeta) = Attributes.Satisfying(signature.Filter);
            Assert.True(signature.Filter.Matches(dataset, fileMeta), signature.Name);
            var match = library.Match(dataset, fileMeta);
            Assert.NotNull(match);
            if (match != signature)
            {
                Assert.True(match.Line < signature.Line);
                shadowed.Add($"{signature.Name} by {match.Name}");
            }
        }

        Assert.Equal(["512 x 512 screen captures - Vessel analysis by 512 x 512 screen captures", "ADAC by ADAC"], shadowed);
        Assert.Null(library.Match(new DicomDataset(), new DicomDataset()));
    }

    [Fact]
    public void A_file_is_matched_by_its_data_set_and_its_meta_group()
    {
        var library = DeviceLibrary.Load(ShippedScript);
        Assert.Equal("MINDRAY", Match(library, "MINDRAY_DICOM "));
        Assert.Null(Match(library, "OTHER "));
    }

    [Fact]
    public void Json_can_say_what_CTPs_library_says()
    {
        var library = DeviceLibrary.Load(ShippedScript);
        var json = new JsonObject
        {
            ["format"] = DeviceLibrary.JsonFormat,
            ["signatures"] = new JsonArray([.. library.Signatures.Select(signature => new JsonObject
            {
                ["name"] = signature.Name,
                ["filter"] = signature.Filter.Text,
                ["regions"] = new JsonArray([.. signature.Regions.Select(r => new JsonObject { ["x"] = r.X, ["y"] = r.Y, ["width"] = r.Width, ["height"] = r.Height })]),
            })]),
        };
        var copy = DeviceLibrary.Parse(json.ToJsonString(new() { WriteIndented = true }));
        Assert.Empty(copy.Problems);
        Assert.Equal(library.Signatures.Count, copy.Signatures.Count);
        foreach (var (original, copied) in library.Signatures.Zip(copy.Signatures))
        {
            Assert.Equal((original.Name, original.Filter.Text), (copied.Name, copied.Filter.Text));
            Assert.Equal(original.Regions, copied.Regions);
            var (dataset, fileMeta) = Attributes.Satisfying(original.Filter);
            Assert.Equal(library.Match(dataset, fileMeta)!.Name, copy.Match(dataset, fileMeta)!.Name);
        }
    }

    [Fact]
    public void Encodings_of_the_file_make_no_difference()
    {
        const string Script = "Gerät {Manufacturer.equals(\"Müller\")}(0,0,1,1)";
        var path = Path.Join(Directory.CreateTempSubdirectory("devices").FullName, "library.script");
        try
        {
            foreach (var encoding in new[] { new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.Latin1 })
            {
                File.WriteAllText(path, Script, encoding);
                var library = DeviceLibrary.Load(path);
                Assert.Equal("Gerät", library.Signatures[0].Name);
                Assert.Equal(DeviceLibrary.Parse(Script).Fingerprint, library.Fingerprint);
                Assert.NotNull(library.Match(Attributes.Of(("SpecificCharacterSet", "ISO_IR 192"), ("Manufacturer", "Müller")), null));
            }

            File.WriteAllBytes(path, Encoding.Latin1.GetBytes("{ \"format\": \"ä\" }"));
            Assert.Equal("The JSON is not UTF-8.", Assert.Throws<PacsbinException>(() => DeviceLibrary.Load(path)).Message);
            File.WriteAllBytes(path, new byte[DeviceLibrary.MostBytes + 1]);
            Assert.Equal(PacsbinError.InvalidScript, Assert.Throws<PacsbinException>(() => DeviceLibrary.Load(path)).Error);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named_errors()
    {
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => DeviceLibrary.Load("/no/such/library")).Error);
        Assert.Equal(PacsbinError.FileAccessDenied, Assert.Throws<PacsbinException>(() => DeviceLibrary.Load(AppContext.BaseDirectory)).Error);
    }

    [Fact]
    public void A_fingerprint_tells_texts_apart()
    {
        var first = DeviceLibrary.Parse("{true.}(0,0,1,1)").Fingerprint;
        Assert.Equal(64, first.Length);
        Assert.Equal(first, DeviceLibrary.Parse("{true.}(0,0,1,1)").Fingerprint);
        Assert.NotEqual(first, DeviceLibrary.Parse("{true.}(0,0,1,2)").Fingerprint);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_library_loads_or_is_an_error(int seed)
    {
        var random = new Random(seed);
        var script = seed == 1
            ? "x\n{ Modality.equals(\"US\") * (![0008,0070].matches(\"a.*\") + Rows.isLessThan(\"9\")) // y\n } (0,0,1,1) (-1,2,3,4) note (5)\n{true.}(1,1,1,1)"
            : "{ \"format\": \"pacsbin-devices/1\", \"signatures\": [ { \"name\": \"n\", \"filter\": \"true. * Modality.matches(\\\"\\u0041.\\\")\", \"regions\": [ { \"x\": 1, \"y\": 1, \"width\": 1, \"height\": 1, \"shape\": \"ellipse\" } ] } ] }";
        var loaded = 0;
        for (var cut = 0; cut <= script.Length; cut++)
        {
            loaded += TryLoad(script[..cut]) + TryLoad(script[cut..]);
        }

        const string Alphabet = "{}()[]\".,:*+!/\\ \n0a-\u00e4\ud800\0";
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = script.ToCharArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(4) == 0 ? (char)random.Next(0x10000) : Alphabet[random.Next(Alphabet.Length)];
            }

            loaded += TryLoad(new string(damaged));
        }

        Assert.True(loaded > 0);

        static int TryLoad(string text)
        {
            var count = 0;
            foreach (var exact in new[] { false, true })
            {
                try
                {
                    var library = DeviceLibrary.Parse(text, exact);
                    library.Match(Attributes.Of(("Modality", "US")), null);
                    count++;
                }
                catch (PacsbinException e)
                {
                    Assert.Equal(PacsbinError.InvalidScript, e.Error);
                    Assert.StartsWith("Line ", e.Message, StringComparison.Ordinal);
                }
            }

            return count;
        }
    }

    [Fact]
    public void Matching_a_file_with_300_signatures_takes_microseconds()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
                Device {{i}}
                { Modality.equals("US") * Manufacturer.containsIgnoreCase("MAKER {{i}}.") * Rows.equals("{{i}}") + SeriesDescription.containsIgnoreCase("REPORT {{i}}.") }
                (0,0,800,60)

                """);
        }

        var library = DeviceLibrary.Parse(text.ToString());
        var dataset = Attributes.Of(
            ("Modality", "US"), ("Manufacturer", "Philips Medical Systems"), ("Rows", "768"), ("SeriesDescription", "Abdomen routine 5 mm"));
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 100; i++)
            {
                Assert.Null(library.Match(dataset, null));
            }

            var elapsed = Stopwatch.GetElapsedTime(start) / 100;
            best = elapsed < best ? elapsed : best;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{best.TotalMicroseconds:F1} µs");
        Assert.True(best < TimeSpan.FromMicroseconds(500), $"{best.TotalMicroseconds} µs");
    }

    private static string? Match(DeviceLibrary library, string version)
    {
        var dataset = new DicomBuilder().Element(0x00080060, "CS", "US").ToBytes();
        var rest = new DicomBuilder().Element(0x00020010, "UI", DicomBuilder.ExplicitLittle + "\0").Element(0x00020013, "SH", version).ToBytes();
        byte[] bytes = [.. new byte[128], .. "DICM"u8, .. new DicomBuilder().Numbers(0x00020000, "UL", rest.Length).Raw(rest).ToBytes(), .. dataset];
        using var file = DicomFile.Open(new DicomSource(bytes));
        return library.Match(file)?.Name;
    }
}
