using System.Globalization;
using System.Management.Automation.Host;

namespace Pacsbin.Host;

/// <summary>Connects the engine to the process's console.</summary>
sealed class ConsoleHost : PSHost
{
    readonly Guid instanceId = Guid.NewGuid();
    int? exitCode;

    public ConsoleUserInterface Console { get; } = new();

    /// <summary>The argument of <c>exit</c>, once a script has called it.</summary>
    public int? ExitCode => exitCode;

    public override string Name => "PacsbinHost";
    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version!;
    public override Guid InstanceId => instanceId;
    public override PSHostUserInterface UI => Console;
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => this.exitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host runs scripts and has no interactive prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host runs scripts and has no interactive prompt.");

    // A program that takes over the terminal must not find half a progress bar there.
    public override void NotifyBeginApplication() => Console.EndProgress();

    public override void NotifyEndApplication()
    {
    }
}
