namespace Pacsbin.Tests.Archives;

/// <summary>Calls a method at once for each report, on the reporting thread.</summary>
internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
