using Pacsbin.Tests.Projects;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Pacsbin.Tests;

/// <summary>Starts the test runner, as the entry point does that it would generate; or, in a process that a test has started, does what the test wants of it.</summary>
internal static class Program
{
    public static int Main(string[] args) => ProjectProcess.IsWanted
        ? ProjectProcess.Run()
        : args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult()
            : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
