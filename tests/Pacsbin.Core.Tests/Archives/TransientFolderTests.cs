using Pacsbin.Archives;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class TransientFolderTests
{
    [Fact]
    public void It_is_the_owners_and_goes_with_all_that_is_in_it()
    {
        string place;
        using (var transient = new TransientFolder())
        {
            place = transient.Folder;
            Directory.CreateDirectory(Path.Join(place, "study"));
            File.WriteAllText(Path.Join(place, "study", "file"), "");
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(place));
            }
        }

        Assert.False(Directory.Exists(place));
    }

    [Fact]
    public void What_a_killed_process_left_goes_and_what_is_in_use_stays()
    {
        string root;
        using (var first = new TransientFolder())
        {
            root = Path.GetDirectoryName(first.Folder)!;
        }

        var left = Directory.CreateDirectory(Path.Join(root, $"transient-{Guid.NewGuid():N}")).FullName;
        File.WriteAllText(Path.Join(left, "lock"), "");
        File.WriteAllText(Path.Join(left, "identified.dcm"), "");
        using var used = new TransientFolder();
        using var other = new TransientFolder();
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(used.Folder));
    }

    [Fact]
    public void A_link_of_such_a_name_is_not_followed()
    {
        var real = Directory.CreateTempSubdirectory("pacsbin-real-").FullName;
        File.WriteAllText(Path.Join(real, "lock"), "");
        string root;
        using (var first = new TransientFolder())
        {
            root = Path.GetDirectoryName(first.Folder)!;
        }

        var link = Path.Join(root, $"transient-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(link, real);
        using (new TransientFolder())
        {
            Assert.True(File.Exists(Path.Join(real, "lock")));
        }

        Directory.Delete(link);
        Directory.Delete(real, recursive: true);
    }
}
