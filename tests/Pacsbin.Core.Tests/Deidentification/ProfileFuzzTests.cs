using System.Diagnostics;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

public class ProfileFuzzTests
{
    private const int Seed = 20260222;
    private const int LargestFile = 40_000;

    [Fact]
    public void Damaged_files_come_out_readable_or_are_refused_and_never_fail_otherwise()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("PACSBIN_FUZZ_ROUNDS"), out var stated) ? stated : 20;
        var profile = DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainSafePrivate | ProfileOptions.CleanGraphics | ProfileOptions.RetainPatientCharacteristics);
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        var deidentifier = new Deidentifier(profile, pseudonymizer);
        var random = new Random(Seed);
        int written = 0, refused = 0;
        foreach (var file in TestData.CorpusFiles().Where(f => f.Length < LargestFile))
        {
            var original = File.ReadAllBytes(file.Path);
            for (var round = 0; round < rounds && original.Length > 0; round++)
            {
                var damaged = Damage(original, random);
                var watch = Stopwatch.StartNew();
                try
                {
                    using var source = DicomFile.Open(new DicomSource(damaged));
                    using var copy = deidentifier.Apply(source, cancellationToken: TestContext.Current.CancellationToken);
                    using var output = new MemoryStream();
                    copy.Write(output);
                    using var again = DicomFile.Open(new DicomSource(output.ToArray()));
                    Assert.Equal("YES", again.Dataset.Text(0x00120062));
                    written++;
                }
                catch (PacsbinException)
                {
                    refused++;
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{file.Name}, round {round}: {e}");
                }

                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{file.Name}, round {round}: {watch.Elapsed}");
            }
        }

        Assert.InRange(written, 500, int.MaxValue);
        Assert.InRange(refused, 100, int.MaxValue);
    }

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var changes = random.Next(1, 8); changes > 0; changes--)
        {
            // Mostly in the header, where lengths and tags are.
            var at = random.Next(Math.Min(bytes.Length, random.Next(4) == 0 ? int.MaxValue : 2000));
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(4, bytes.Length - at)).Fill(0xFF);
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
                    break;
                default:
                    bytes = bytes.Length > 300 ? bytes[..random.Next(300, bytes.Length)] : bytes;
                    break;
            }

            if (bytes.Length == 0)
            {
                return original;
            }
        }

        return bytes;
    }
}
