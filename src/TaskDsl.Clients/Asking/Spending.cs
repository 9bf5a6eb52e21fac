namespace TaskDsl.Clients.Asking;

/// <summary>What is spent of a budget, and what those that are being asked may take of it.</summary>
/// <param name="budget">The budget; null where there is none.</param>
internal sealed class Spending(ClientBudget? budget)
{
    private TokenUsage reserved;

    /// <summary>What is spent.</summary>
    public TokenUsage Spent { get; private set; }

    /// <summary>Sets aside what a question can take at most; false where the budget has not so much left.</summary>
    public bool TryReserve(TokenUsage most)
    {
        if (budget?.Has(Spent + reserved + most) == false)
            return false;
        reserved += most;
        return true;
    }

    /// <summary>Gives back what was set aside.</summary>
    public void Release(TokenUsage most) => reserved -= most;

    /// <summary>Notes what an answer has cost.</summary>
    public void Spend(TokenUsage usage) => Spent += usage;
}
