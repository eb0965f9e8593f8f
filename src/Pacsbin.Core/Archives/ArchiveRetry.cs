using System.Net;
using Polly;
using Polly.Retry;

namespace Pacsbin.Archives;

/// <summary>An answer that another try may change, or none at all.</summary>
/// <param name="message">What happened, for a person; without values.</param>
/// <param name="after">How long the archive asks to wait; null if it does not say.</param>
internal sealed class PassingFailureException(string message, TimeSpan? after = null) : Exception(message)
{
    /// <summary>How long the archive asks to wait; null if it does not say.</summary>
    public TimeSpan? After { get; } = after;

    /// <summary>The failure that an exception of the connection is; null if it is none.</summary>
    public static PassingFailureException? Of(Exception exception) => exception switch
    {
        PassingFailureException own => own,
        HttpRequestException { StatusCode: { } status } => new($"The archive answers {(int)status}."),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new("The archive's name cannot be resolved."),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new("The archive cannot be reached."),
        TimeoutException => new("The archive was silent for too long."),
        HttpRequestException or IOException => new("The connection to the archive was cut."),
        _ => null,
    };

    /// <summary>The failure that an answer is; null if no other try would change it.</summary>
    public static PassingFailureException? Of(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError and not (HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported)
            ? new($"The archive answers {(int)response.StatusCode}.", AfterOf(response))
            : null;

    private static TimeSpan? AfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow is { Ticks: > 0 } left ? left : TimeSpan.Zero,
        _ => null,
    };
}

/// <summary>Tries again what failed in passing: with growing, jittered waits, or as long as the archive asks for.</summary>
internal sealed class ArchiveRetry
{
    /// <summary>How often something is tried in all.</summary>
    public const int MostAttempts = 7;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private readonly ResiliencePipeline pipeline;
    private readonly int attempts;

    /// <param name="delay">The wait before the first retry.</param>
    /// <param name="attempts">How often something is tried in all.</param>
    public ArchiveRetry(TimeSpan delay, int attempts = MostAttempts)
    {
        this.attempts = attempts;
        pipeline = attempts == 1 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<PassingFailureException>(e => (e.After ?? TimeSpan.Zero) <= LongestWait),
                MaxRetryAttempts = attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = delay,
                MaxDelay = TimeSpan.FromSeconds(30),
                // Less than the archive asks for is rude; Retry-After: 0 is no reason to hurry.
                DelayGenerator = arguments => new ValueTask<TimeSpan?>((arguments.Outcome.Exception as PassingFailureException)?.After is { Ticks: > 0 } after ? after : null),
            })
            .Build();
    }

    /// <summary>Does something until it does not fail in passing, or was tried often enough.</summary>
    /// <exception cref="PacsbinException">ArchiveFailed with the last failure.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await Translate(action, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (PassingFailureException e)
        {
            var wait = e.After > LongestWait ? $" It asks to come back in {e.After.Value.TotalMinutes:0} minutes." : $" It was tried {attempts} times.";
            throw new PacsbinException(PacsbinError.ArchiveFailed, e.Message + wait);
        }
    }

    private static async Task<T> Translate<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await action(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PassingFailureException("The archive was silent for too long.");
        }
        catch (Exception e) when (e is not PassingFailureException && PassingFailureException.Of(e) is { } failure)
        {
            throw failure;
        }
    }
}
