using Pacsbin.Archives.Media;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>Destinations that are file systems of their own: they get full, and go away.</summary>
public sealed class MountedDestinationTests : FolderSendingTests
{
    private const int Sixteenth = 16 * 1024;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_full_disk_is_an_error_and_leaves_no_final_name(bool isZip, bool hasDirectory)
    {
        var studies = MakeStudies(1, 40);
        var folder = Mount(4 * Sixteenth);
        try
        {
            AimAt(isZip ? Path.Join(folder, "out.zip") : folder);
            File.WriteAllBytes(Path.Join(folder, "taken"), new byte[3 * Sixteenth]);
            if (isZip || hasDirectory)
            {
                Assert.Equal(PacsbinError.FileIo, Refusal(() => Send(studies, isZip, hasDirectory)).Error);
            }
            else
            {
                Send(studies);
                Assert.Contains("full", RequireRejected(studies[0], PacsbinError.FileIo).Message, StringComparison.Ordinal);
            }

            Assert.Empty(Sent);
            Assert.Equal(["taken"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Where(f => f![0] != '.'));
            RequireNoted(studies[0]);
        }
        finally
        {
            Peer.Run("umount", [folder]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_share_that_goes_away_is_an_error_and_no_local_folder_passes_for_it(bool hasDirectory)
    {
        var studies = MakeStudies(1, 10);
        var folder = Mount(64 * Sixteenth);
        AimAt(folder);
        var error = Record.Exception(() => Send(studies, hasDirectory: hasDirectory, throttleLimit: 1, progress: new At(p => p.Instances == 5, () => Peer.Run("umount", ["-l", folder]))));
        var known = error as PacsbinException ?? NotSent.Select(e => e.Error).FirstOrDefault();
        Assert.True(known?.Error is PacsbinError.FileNotFound or PacsbinError.FileIo, known?.Message ?? error?.ToString() ?? "No error.");
        Assert.Empty(Sent);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        RequireNoted(studies[0]);
    }

    /// <summary>A file system of a few bytes; skips where the user may not mount one.</summary>
    private string Mount(int bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux is asked to mount a file system.");
        var folder = Directory.CreateDirectory(Temporary["mounted"]).FullName;
        var mounted = Peer.Run("mount", ["-t", "tmpfs", "-o", $"size={bytes}", "none", folder]);
        Assert.SkipUnless(mounted.ExitCode == 0, "This user may not mount a file system.");
        return folder;
    }
}
