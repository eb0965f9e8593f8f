using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

/// <summary>Compares text of the sample files with what pydicom reads.</summary>
public class CharacterSetCorpusTests
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import json, sys, warnings
        warnings.simplefilter('ignore')
        import pydicom
        for path in sys.stdin.read().splitlines():
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
            texts = {}
            for tag in dataset.keys():
                try:
                    element = dataset[tag]
                    if element.VR in ('LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT') and not element.tag.is_private:
                        value = element.value
                        many = isinstance(value, pydicom.multival.MultiValue)
                        texts['%08X' % element.tag] = [str(v) for v in value] if many else [] if value is None else [str(value)]
                except Exception:
                    pass
            print(json.dumps(texts))
        """;

    [Fact]
    public void Text_is_what_pydicom_reads()
    {
        var index = TestData.RequireShared("corpus", "index.csv");
        RequirePydicom();
        var files = Csv.Read(index).Where(row => row["charset"].Length > 0 && (row["pydicom"], row["dcmdump"], row["gdcm"]) == ("ok", "ok", "ok")
            && row["source"] != "pwnlabmx/dicom-fuzzing-corpus"
            && (row["source"] != "made here" || row["file"].Contains("_cs_", StringComparison.Ordinal)))
            .Select(row => TestData.RequireShared("corpus", "files", row["file"])).ToList();
        var read = RunPython(Script, string.Join('\n', files)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Count, read.Length);

        var compared = 0;
        var differences = new List<string>();
        foreach (var (file, json) in files.Zip(read))
        {
            using var dicom = DicomFile.Open(file, stopAfter: new Tag(0x5FFFFFFF)); // some end inside their pixels
            foreach (var (tag, texts) in JsonSerializer.Deserialize<Dictionary<string, string[]>>(json)!)
            {
                // pydicom splits a two-byte character whose second byte is a backslash.
                var isReadByPydicom = !texts.Any(text => text.Contains('\uFFFD'));
                if (isReadByPydicom && dicom.Dataset.TryGet(new Tag(uint.Parse(tag, NumberStyles.HexNumber, CultureInfo.InvariantCulture)), out var element))
                {
                    // pydicom keeps leading spaces and the escape sequence of GB 2312, and drops empty component groups at the end of a name.
                    var ours = dicom.Dataset.CharacterSet.Decode(element.Value.Span, element.Vr)
                        .Select(text => element.Vr == Vr.PN ? text.TrimEnd('=') : text.Trim());
                    compared++;
                    if (string.Join('\\', ours) != string.Join('\\', texts.Select(text => text.Trim().Replace("\u001B$)A", "", StringComparison.Ordinal))))
                    {
                        differences.Add($"{Path.GetFileName(file)} {element}");
                    }
                }
            }
        }

        Assert.Empty(differences);
        Assert.True(compared > 1000, $"{compared} compared");
    }

    private static void RequirePydicom()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.True(File.Exists(Python), "CI needs Debian's python3-pydicom.");
            return;
        }

        Assert.SkipUnless(File.Exists(Python), "Debian's python3 is not installed.");
        Assert.SkipUnless(RunPython("import importlib.util as u; print(u.find_spec('pydicom') is not None)", "").Trim() == "True", "pydicom is not installed.");
    }

    private static string RunPython(string script, string input)
    {
        var start = new ProcessStartInfo(Python, ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
