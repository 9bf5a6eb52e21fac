using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// How a model's scores become an answer. Each method is one file with a <c>[Keyword]</c> record; a project may have its own. It has two
/// seams: <see cref="Source"/> says where the scores of the next token come from, <see cref="Start"/> how tokens are chosen by them.
/// </summary>
public abstract record DecodingMethod
{
    /// <summary>How many rows one answer takes while it grows, for the forecast of memory. Default: 1.</summary>
    public virtual int Rows => 1;

    /// <summary>Whether something is drawn, so that the same question asked again may have another answer. Default: yes.</summary>
    public virtual bool Draws => true;

    /// <summary>Where the scores of the next token come from. Default: the model alone.</summary>
    /// <param name="model">The model that is asked.</param>
    public virtual LogitSource Source(LoadedModel model) => new ModelLogits(model);

    /// <summary>Begins the answer to one request.</summary>
    /// <param name="request">What is asked, and what may be answered.</param>
    public abstract DecodingRun Start(DecodingRequest request);
}
