using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public sealed class WholeFileTests : IDisposable
{
    private readonly StudyFolder folder = new();

    private string Place => folder["project.key"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_leftover_of_a_killed_writer_goes_with_the_next_write()
    {
        Write(folder[$".project.key.{Guid.NewGuid():N}.partial"]);
        Write(folder[$".project.key.{Guid.NewGuid():N}.partial"]);
        Write(Place);
        Assert.Equal([Place], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_leftover_that_is_open_or_of_another_file_stays()
    {
        var open = folder[$".project.key.{Guid.NewGuid():N}.partial"];
        string[] others = [folder[$".other.key.{Guid.NewGuid():N}.partial"], folder[".project.key.partial"], folder[".project.key.not-a-guid.partial"], folder[$"project.key.{Guid.NewGuid():N}.partial"]];
        Array.ForEach(others, Write);
        using (new FileStream(open, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            Write(Place);
        }

        Assert.Equal([.. others.Append(open).Append(Place).Order(StringComparer.Ordinal)], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Writers_at_the_same_time_do_not_take_each_other_for_leftovers()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(
            () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    WholeFile.Write(Place, [(byte)n], ownerOnly: true, replace: true);
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.Equal([Place], Directory.GetFiles(folder.Path));
        Assert.Single(File.ReadAllBytes(Place));
    }

    [Fact]
    public async Task A_reader_is_never_kept_out_while_the_file_is_replaced()
    {
        Write(Place);
        var writing = Task.Run(
            () =>
            {
                for (var i = 0; i < 300; i++)
                {
                    WholeFile.Write(Place, [1, 2, 3], ownerOnly: false, replace: true);
                }
            },
            TestContext.Current.CancellationToken);
        while (!writing.IsCompleted)
        {
            using var file = WholeFile.OpenRead(Place);
            Assert.Equal(3, file.Length);
        }

        await writing;
    }

    [Fact]
    public void A_file_that_appears_while_another_is_written_stays()
    {
        var error = Assert.Throws<PacsbinException>(() => WholeFile.Write(Place, force: false, "Taken.", _ =>
        {
            File.WriteAllText(Place, "mine");
            return true;
        }));
        Assert.Equal((PacsbinError.DestinationExists, "Taken."), (error.Error, error.Message));
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.GetFiles(folder.Path))));
    }

    [Fact]
    public void What_is_not_meant_or_fails_leaves_nothing()
    {
        Assert.False(WholeFile.Write(Place, force: false, "", stream =>
        {
            stream.WriteByte(1);
            return false;
        }));
        Assert.Throws<InvalidDataException>(() => WholeFile.Write(Place, force: false, "", _ => throw new InvalidDataException()));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('\u00fc')]
    public void A_name_of_any_length_can_be_written(char letter)
    {
        var path = folder[new string(letter, letter == 'x' ? 250 : 125)];
        WholeFile.Write(path, [1], ownerOnly: true, replace: false);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    private static void Write(string path) => WholeFile.Write(path, [1, 2, 3], ownerOnly: true, replace: false);
}
