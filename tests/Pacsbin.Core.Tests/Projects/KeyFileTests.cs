using System.Text;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly ProjectFolder projects = new();

    public void Dispose() => projects.Dispose();

    [Fact]
    public void Key_file_and_folder_are_their_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows encrypts the key for the current user instead.");
        var folder = projects.Create();
        Assert.Equal(OwnerOnly, ProjectFolder.ModeOf(Path.Join(folder, KeyFile.FileName)));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, ProjectFolder.ModeOf(folder));
    }

    [Fact]
    public async Task No_key_file_is_ever_wider_than_its_owner()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows encrypts the key for the current user instead.");
        var seen = new HashSet<(string Kind, UnixFileMode Mode)>();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var folder = Directory.CreateDirectory(projects["trial"]).FullName;
        var watcher = Task.Run(() => Watch(folder, seen, done.Token), TestContext.Current.CancellationToken);
        for (var i = 0; i < 200; i++)
        {
            projects.Create();
            File.Delete(Path.Join(folder, ProjectSettings.FileName));
            File.Delete(Path.Join(folder, KeyFile.FileName));
        }

        await done.CancelAsync();
        await watcher;
        Assert.Contains(seen, s => s.Kind == "temporary");
        Assert.Contains(seen, s => s.Kind == "whole");
        Assert.All(seen, s => Assert.Equal(OwnerOnly, s.Mode));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead)]
    public void A_key_file_that_others_can_read_or_change_is_refused(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions.");
        var folder = projects.Create();
        ProjectFolder.SetMode(Path.Join(folder, KeyFile.FileName), OwnerOnly | others);
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folder));
        Assert.Equal(PacsbinError.KeyMissing, error.Error);
        Assert.Contains("chmod 600 project.key", error.Message, StringComparison.Ordinal);
        Assert.Equal(KeyState.Refused, Project.Inspect(folder).Key);
        ProjectFolder.SetMode(Path.Join(folder, KeyFile.FileName), UnixFileMode.UserRead);
        Project.Open(folder).Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_is_refused(bool leadsSomewhere)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows links need privileges.");
        var folder = projects.Create();
        var path = Path.Join(folder, KeyFile.FileName);
        File.Move(path, projects["elsewhere"]);
        File.CreateSymbolicLink(path, leadsSomewhere ? projects["elsewhere"] : projects["nowhere"]);
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folder));
        Assert.Equal(PacsbinError.KeyMissing, error.Error);
        Assert.Contains("symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Equal(KeyState.Refused, Project.Inspect(folder).Key);
        File.Delete(Path.Join(folder, ProjectSettings.FileName));
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => projects.Create()).Error);
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => projects.Create(key: ProjectFolder.Key)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pacsbin-key-1:")]
    [InlineData("pacsbin-key-1:AAAA")]
    [InlineData("pacsbin-key-1:%%%%")]
    [InlineData("pacsbin-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pacsbin-key-2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_file_that_holds_no_key_is_refused(string text)
    {
        var folder = projects.Create();
        File.WriteAllText(Path.Join(folder, KeyFile.FileName), text);
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Project.Open(folder)).Error);
    }

    [Fact]
    public void A_key_that_windows_encrypted_is_refused_elsewhere()
    {
        var folder = projects.Create();
        File.WriteAllText(Path.Join(folder, KeyFile.FileName), "pacsbin-key-1-dpapi:AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAA");
        var error = Assert.Throws<PacsbinException>(() => Project.Open(folder));
        Assert.Equal((PacsbinError.KeyMissing, "project.key is encrypted for another user or machine. Import the key again."), (error.Error, error.Message));
    }

    [Fact]
    public void The_text_of_a_key_file_is_a_key_to_give()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows it is encrypted.");
        using var project = Project.Open(projects.Create());
        Assert.Equal(project.Key, SecretText.KeyOf(File.ReadAllText(Path.Join(project.Folder, KeyFile.FileName)) + "\n", project.Settings.Id));
    }

    [Fact]
    public void A_file_of_any_size_is_read_to_a_bound()
    {
        var folder = projects.Create();
        using (var file = File.OpenWrite(Path.Join(folder, KeyFile.FileName)))
        {
            file.SetLength(1L << 40);
        }

        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Project.Open(folder)).Error);
    }

    [Fact]
    public void The_key_is_written_once_and_whole()
    {
        var folder = projects.Create();
        var text = File.ReadAllText(Path.Join(folder, KeyFile.FileName), Encoding.ASCII);
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => KeyFile.Write(folder, ProjectFolder.Key, replace: false)).Error);
        Assert.Equal(text, File.ReadAllText(Path.Join(folder, KeyFile.FileName)));
        Assert.Equal(4, Directory.GetFiles(folder).Length);
    }

    private static void Watch(string folder, HashSet<(string Kind, UnixFileMode Mode)> seen, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            foreach (var file in Directory.EnumerateFiles(folder, $"*{KeyFile.FileName}*"))
            {
                try
                {
                    seen.Add((file.EndsWith(".partial", StringComparison.Ordinal) ? "temporary" : "whole", ProjectFolder.ModeOf(file)));
                }
                catch (FileNotFoundException)
                {
                    // gone meanwhile
                }
            }
        }
    }
}
