using Pacsbin.Benchmarks;

if (args is [Options.Child, .. var rest])
{
    return TransferMemory.RunChild(rest);
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{Options.Help}");
    return 64;
}

var work = Directory.CreateTempSubdirectory("pacsbin-bench").FullName;
try
{
    var report = new Report();
    new Measurements(options, work, report).Run();
    report.Print(Console.Out);
    return 0;
}
finally
{
    if (!options.Keep)
    {
        Directory.Delete(work, recursive: true);
    }
}
