using Pacsbin.Archives.Media;
using Pacsbin.Archives;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class DirectoryCorpusTests
{
    [Fact]
    public void Records_of_all_public_files_are_read_by_other_makers()
    {
        var entries = new List<DirectoryEntry>();
        var refused = new Dictionary<string, int>();
        using var folder = new StudyFolder();
        foreach (var file in TestData.CorpusFiles().Where(f => f.IsUndisputed))
        {
            var place = FileSet.PlaceOf(0, entries.Count);
            try
            {
                entries.Add(DirectoryEntry.Read(file.Path, place, $"{entries.Count}"));
                folder.Write(Path.Join(place), []);
            }
            catch (PacsbinException e)
            {
                var why = $"{e.Error} {e.Tag}";
                refused[why] = refused.GetValueOrDefault(why) + 1;
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{entries.Count} records; refused: {string.Join(", ", refused)}");
        Assert.True(entries.Count > 300, $"{entries.Count} records; refused: {string.Join(", ", refused)}");
        var path = folder.Write("DICOMDIR", DirectoryFile.Write(entries));
        var dump = Peer.Run("dcmdump", ["-q", path]);
        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        Peer.RequirePython("pydicom");
        var count = Peer.Run(Peer.Python, ["-W", "ignore", "-c", """
            import sys
            from pydicom import dcmread
            ds = dcmread(sys.argv[1])
            items = {i.seq_item_tell: i for i in ds.DirectoryRecordSequence}
            seen = 0
            def walk(at):
                global seen
                while at:
                    item = items[at]
                    seen += 1
                    walk(item.OffsetOfReferencedLowerLevelDirectoryEntity)
                    at = item.OffsetOfTheNextDirectoryRecord
            walk(ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)
            assert seen == len(items), (seen, len(items))
            print(sum(1 for i in items.values() if 'ReferencedFileID' in i))
            """, path]);
        Assert.True(count.ExitCode == 0, count.Error);
        Assert.Equal($"{entries.Count}\n", count.Output);
    }
}
