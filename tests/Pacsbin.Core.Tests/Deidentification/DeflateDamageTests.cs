using System.IO.Compression;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

public class DeflateDamageTests
{
    [Fact]
    public void A_zlib_stream_that_asks_for_a_dictionary_is_malformed_and_no_failure_of_the_disk()
    {
        // RFC 1950 2.2: FDICT. A FileIo error would keep a study waiting for a rerun for ever.
        byte[] asksForDictionary = [0x78, 0xBB, 1, 2, 3, 4, 5, 6, 7, 8];
        var file = DicomBuilder.Part10(DicomBuilder.Deflated, asksForDictionary);
        var error = Assert.Throws<PacsbinException>(() => DicomFile.Open(new DicomSource(file)));
        Assert.Equal(PacsbinError.MalformedElement, error.Error);
    }

    [Fact]
    public void A_damaged_entry_of_an_archive_is_reported_and_the_others_are_found()
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-tests-").FullName;
        try
        {
            var path = Path.Combine(folder, "studies.zip");
            var instance = new DicomBuilder().Element(0x0020000D, "UI", "1.2.3.4").ToFile();
            using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
            {
                Add(archive, "one.dcm", instance);
                Add(archive, "two.dcm", instance);
            }

            // The deflate stream comes after a local header of 30 bytes and the name; 0xFF asks for a block type that does not exist.
            var bytes = File.ReadAllBytes(path);
            bytes.AsSpan(30 + "one.dcm".Length, 8).Fill(0xFF);
            File.WriteAllBytes(path, bytes);

            var rejected = new List<PacsbinError>();
            var result = new StudyScanner { Rejected = (_, e) => rejected.Add(e.Error), ThrottleLimit = 1 }.Scan([folder], cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal([PacsbinError.MalformedElement], rejected);
            Assert.Equal(1, Assert.Single(result.Studies).InstanceCount);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var stream = archive.CreateEntry(name).Open();
        stream.Write(content);
    }
}
