namespace Pacsbin.Benchmarks;

/// <summary>What the disk and the file system alone cost: each file is read whole and written whole to a new file.</summary>
internal static class Floor
{
    public static void Copy(string input, string output, int parallelism)
    {
        Directory.CreateDirectory(output);
        foreach (var folder in Directory.EnumerateDirectories(input))
        {
            Directory.CreateDirectory(Path.Combine(output, Path.GetFileName(folder)));
        }

        var files = Directory.GetFiles(input, "*", SearchOption.AllDirectories);
        Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, file =>
            File.WriteAllBytes(Path.Combine(output, Path.GetRelativePath(input, file)), File.ReadAllBytes(file)));
    }
}
