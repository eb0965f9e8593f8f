using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Sidecar.Access;

/// <summary>How much and how fast clients may ask, so that no number of requests takes the memory or all of the time.</summary>
internal static class RequestLimits
{
    /// <summary>Connections that wait for the server to take them; who finds no place waits for seconds.</summary>
    public const int MostUnaccepted = 4096;

    private const int BodyBytes = 1024 * 1024;
    private const int MostConnections = 12_000;
    private const int MostWaiting = 512;
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(3);

    /// <summary>How many requests are worked on at once; most of them compute.</summary>
    private static int MostAtWork => Math.Max(8, 4 * Environment.ProcessorCount);

    public static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = HeaderPatience;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, BodyGrace);
        limits.MaxRequestHeaderCount = 64;
    }

    public static void Set(RateLimiterOptions limits)
    {
        var atWork = new ConcurrencyLimiterOptions { PermitLimit = MostAtWork, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(0, _ => atWork));
        limits.OnRejected = (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return new ValueTask(ProblemAnswers.WriteAsync(context.HttpContext, StatusCodes.Status503ServiceUnavailable));
        };
    }
}

/// <summary>The most bytes of a body that an operation takes.</summary>
/// <param name="bytes">The number.</param>
internal sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}
