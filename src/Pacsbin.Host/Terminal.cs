using System.Text;

namespace Pacsbin.Host;

/// <summary>Knows which of the process's streams a person is looking at.</summary>
static class Terminal
{
    // https://no-color.org, and terminals that cannot.
    static readonly bool Plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        || Environment.GetEnvironmentVariable("TERM") is "dumb";

    public static bool ColoursOutput { get; } = !Console.IsOutputRedirected && !Plain;

    public static bool ColoursErrors { get; } = !Console.IsErrorRedirected && !Plain;

    /// <summary>Columns of the terminal; 120 where output goes to a file or another program, 80 where the terminal does not say.</summary>
    public static int Width => Console.IsOutputRedirected ? 120 : Console.WindowWidth > 0 ? Console.WindowWidth : 80;

    public static int Height => Console.IsOutputRedirected || Console.WindowHeight <= 0 ? 24 : Console.WindowHeight;

    public static void UseUtf8()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Console.OutputEncoding = utf8;
        Console.InputEncoding = utf8;
    }
}
