using System.Net;
using System.Net.Sockets;

namespace Pacsbin.Sidecar;

/// <summary>The sockets that a sidecar listens on, bound before the server starts, so that all addresses have the same port.</summary>
internal sealed class ListeningSockets : IDisposable
{
    private const int MostAttempts = 20;
    private readonly Dictionary<IPEndPoint, Socket> bound = [];

    private ListeningSockets(int port) => Port = port;

    /// <summary>The port of all.</summary>
    public int Port { get; private set; }

    /// <summary>The addresses that could be bound.</summary>
    public IReadOnlyCollection<IPEndPoint> EndPoints => bound.Keys;

    /// <summary>Binds addresses.</summary>
    /// <param name="addresses">What to bind. IPv6's loopback is left out where the machine has none.</param>
    /// <param name="port">The port; 0 for one that is free on all.</param>
    /// <exception cref="PacsbinException">FileIo if an address or the port is taken.</exception>
    public static ListeningSockets Bind(IReadOnlyList<IPAddress> addresses, int port)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new ListeningSockets(port);
            try
            {
                foreach (var address in addresses)
                {
                    sockets.Add(address);
                }

                return sockets;
            }
            catch (SocketException e)
            {
                sockets.Dispose();
                if (port != 0 || attempt == MostAttempts || e.SocketErrorCode != SocketError.AddressAlreadyInUse)
                {
                    throw new PacsbinException(PacsbinError.FileIo, $"The port cannot be opened: {e.SocketErrorCode}.");
                }
            }
        }
    }

    /// <summary>Hands out the socket of an address; whoever takes it closes it.</summary>
    public Socket Take(IPEndPoint endPoint) => bound.Remove(endPoint, out var socket) ? socket : throw new InvalidOperationException("The server asked for an address that is not bound.");

    public void Dispose()
    {
        foreach (var socket in bound.Values)
        {
            socket.Dispose();
        }
    }

    private void Add(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false; // or ::1 would let IPv4 in
            }

            socket.Bind(new IPEndPoint(address, Port));
        }
        catch (SocketException e) when (address.Equals(IPAddress.IPv6Loopback) && e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            socket.Dispose();
            return;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        bound.Add(new IPEndPoint(address, Port), socket);
    }
}
