using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Takes connections on a free port of 127.0.0.1, each served on its own.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<Task, Socket> open = new();
    private readonly Func<Socket, int, CancellationToken, Task> serve;
    private readonly Task accepting;

    /// <param name="serve">Serves one connection, by its number from 1; a connection that breaks is no error.</param>
    public Listener(Func<Socket, int, CancellationToken, Task> serve)
    {
        this.serve = serve;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What the serving of connections failed with, beyond what a broken connection fails with.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>The number of connections that came.</summary>
    public int Connections { get; private set; }

    /// <summary>Closes a connection so that its other end sees a reset, not an end.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        foreach (var socket in open.Values)
        {
            socket.Dispose();
        }

        await Task.WhenAll(open.Keys);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                socket.NoDelay = true;
                var number = ++Connections;
                var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var serving = ServeAsync(begin.Task, socket, number);
                open[serving] = socket;
                _ = serving.ContinueWith(done => open.TryRemove(done, out _), TaskScheduler.Default);
                begin.SetResult();
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                continue;
            }
        }
    }

    private async Task ServeAsync(Task begin, Socket socket, int number)
    {
        using var owned = socket;
        await begin;
        try
        {
            await serve(socket, number, stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or AuthenticationException)
        {
            // The other end went away, or this one was told to.
        }
        catch (Exception e)
        {
            Errors.Enqueue(e);
        }
    }
}
