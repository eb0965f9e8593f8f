namespace Pacsbin.Studies;

/// <summary>Puts a study in the place of another, of which nothing is left. Ended between two steps, the old one is there when the study is opened next, or the new one.</summary>
internal static class StudyReplacement
{
    /// <summary>Where the old study is until the new one has its place.</summary>
    public static string AsideOf(string destination) =>
        Path.Join(Path.GetDirectoryName(destination), $".{Path.GetFileName(destination)}.old{StagedStudy.FolderEnding}");

    /// <summary>Moves a folder to where another study is.</summary>
    public static void Replace(string folder, string destination)
    {
        var aside = AsideOf(destination);
        Directory.Move(destination, aside);
        try
        {
            Directory.Move(folder, destination);
        }
        catch
        {
            Recover(destination);
            throw;
        }

        Directory.Delete(aside, recursive: true);
    }

    /// <summary>Ends what a process did not that had set the old study aside.</summary>
    public static void Recover(string destination)
    {
        var aside = AsideOf(destination);
        if (!Directory.Exists(aside))
        {
            return;
        }

        if (Directory.Exists(destination))
        {
            if (Workspace.ManifestOf(destination) is not null)
            {
                Directory.Delete(aside, recursive: true);
            }
        }
        else if (File.Exists(Path.Join(aside, Manifest.FileName)))
        {
            // The new one is whole in its staging folder, and the run that made it finds it there; any other run must find the old one.
            Directory.Move(aside, destination);
        }
    }
}
