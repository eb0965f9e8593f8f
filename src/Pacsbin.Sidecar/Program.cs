using Pacsbin;
using Pacsbin.Sidecar;

if (args is ["--help" or "-h" or "-?"])
{
    Console.Out.WriteLine(CommandLine.Help);
    return 0;
}

ModuleLibraries.Use();
try
{
    await using var sidecar = await RunningSidecar.StartAsync(CommandLine.Parse(args));
    foreach (var line in sidecar.Announcement)
    {
        Console.Out.WriteLine(line);
    }

    await sidecar.WaitForEndAsync();
    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine($"pacsbin-sidecar: {e.Message} --help shows the usage.");
    return 2;
}
catch (PacsbinException e)
{
    Console.Error.WriteLine($"pacsbin-sidecar: {e.Error}: {e.Message}");
    return 1;
}
