using System.Management.Automation.Host;

namespace Pacsbin.Host;

/// <summary>Tells the engine the size and colours of the console, and reads single keys.</summary>
sealed class ConsoleRawUserInterface : PSHostRawUserInterface
{
    const string NoScreenBuffer = "This host writes a stream of text and cannot read or move what is on the screen.";

    // Minus one: whatever colour the terminal has.
    public override ConsoleColor ForegroundColor { get; set; } = (ConsoleColor)(-1);

    public override ConsoleColor BackgroundColor { get; set; } = (ConsoleColor)(-1);

    public override Size BufferSize { get => new(Terminal.Width, Terminal.Height); set => throw new NotSupportedException(NoScreenBuffer); }

    public override Size WindowSize { get => new(Terminal.Width, Terminal.Height); set => throw new NotSupportedException(NoScreenBuffer); }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates WindowPosition { get => default; set => throw new NotSupportedException(NoScreenBuffer); }

    public override Coordinates CursorPosition
    {
        get => Console.IsOutputRedirected ? default : new(Console.CursorLeft, Console.CursorTop);
        set
        {
            if (!Console.IsOutputRedirected) Console.SetCursorPosition(value.X, value.Y);
        }
    }

    public override int CursorSize { get => 25; set => throw new NotSupportedException(NoScreenBuffer); }

    public override string WindowTitle
    {
        get => "";
        set
        {
            if (!Console.IsOutputRedirected) Console.Title = value;
        }
    }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (Console.IsInputRedirected) throw new HostException("A key is wanted, but standard input is not a terminal.");
        var key = Console.ReadKey(intercept: (options & ReadKeyOptions.NoEcho) != 0);
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable) Console.ReadKey(intercept: true);
    }

    public override int LengthInBufferCells(char source) => IsWide(source) ? 2 : 1;

    public override int LengthInBufferCells(string source) => LengthInBufferCells(source, 0);

    public override int LengthInBufferCells(string source, int offset)
    {
        int cells = 0;
        foreach (char c in source.AsSpan(offset)) cells += LengthInBufferCells(c);
        return cells;
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException(NoScreenBuffer);

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException(NoScreenBuffer);

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException(NoScreenBuffer);

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException(NoScreenBuffer);

    // Unicode's East Asian Width W and F, in the basic plane; patients' names are written in these.
    static bool IsWide(char c) => c >= 0x1100
        && c is <= '\u115F' or (>= '\u2E80' and <= '\uA4CF') or (>= '\uAC00' and <= '\uD7A3') or (>= '\uF900' and <= '\uFAFF')
            or (>= '\uFE30' and <= '\uFE6F') or (>= '\uFF01' and <= '\uFF60') or (>= '\uFFE0' and <= '\uFFE6');
}
