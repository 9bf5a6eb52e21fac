using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;
using TaskDsl.Vocabulary;

namespace TaskDsl.Clients.Asking;

/// <summary>A model that others serve. Each way to reach one is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Client
{
    /// <summary>How many questions are asked at a time. It changes no answer and no order.</summary>
    [DoesNotShape, Range(1, 1000)]
    public int Concurrency { get; init; } = 4;

    /// <summary>What the answers may cost. Default: anything.</summary>
    [DoesNotShape]
    public ClientBudget? Budget { get; init; }

    /// <summary>Whether it can be told the JSON schema of an answer. Default: no.</summary>
    public virtual bool TakesSchema => false;

    /// <summary>What to do where an answer is longer than it was told. Default: to look at how it is told.</summary>
    public virtual string LimitAdvice => "Look at how the client is told 'max_new_tokens'.";

    /// <summary>Finds out whether it could be asked, without asking: before any work is done.</summary>
    /// <exception cref="ClientException">It could not: a key is missing.</exception>
    public virtual void Check() { }

    /// <summary>Connects to it. What it throws while it is asked ends the asking, in its words.</summary>
    /// <param name="options">Whom it tells that it waits, and by which clock.</param>
    public abstract IChatClient Open(ClientOptions options);

    /// <summary>Begins to ask it. The caller ends it.</summary>
    /// <param name="options">Where answers are kept.</param>
    /// <exception cref="ClientException">It cannot be asked.</exception>
    public ClientRun Start(ClientOptions? options = null)
    {
        Mistakes.RefuseIn(this);
        Check();
        return new ClientRun(this, options ?? new ClientOptions());
    }
}
