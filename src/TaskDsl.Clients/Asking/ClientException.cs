namespace TaskDsl.Clients.Asking;

/// <summary>A client cannot be asked, does not answer, or may not be asked further. The message is for people.</summary>
public sealed class ClientException : Exception
{
    /// <summary>What is wrong, and what to do.</summary>
    public ClientException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>What is wrong cannot be said.</summary>
    public ClientException()
        : this("The client cannot be asked.") { }
}
