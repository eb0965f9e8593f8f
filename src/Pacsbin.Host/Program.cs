namespace Pacsbin.Host;

/// <summary>Runs PowerShell scripts with the Pacsbin module loaded, on machines without pwsh.</summary>
static class Program
{
    static int Main(string[] arguments)
    {
        // The engine reports every imported module to its maker unless told otherwise; nothing leaves this machine.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Terminal.UseUtf8();
        try
        {
            var line = CommandLine.Parse(arguments);
            if (line.Text is null)
            {
                Console.Out.Write(CommandLine.Help);
                return 0;
            }
            using var session = new ScriptSession();
            return session.Run(line.Text);
        }
        catch (HostUsageException e)
        {
            Console.Error.WriteLine("pacsbin-host: " + e.Message);
            return e.ExitCode;
        }
    }
}
