namespace TaskDsl.Data.Stages.Hashing;

/// <summary>
/// Numbers by 64-bit hashes, several by the same hash if need be: open addressing (Knuth, TAOCP 3, 6.4) in many small tables, so that
/// growing never copies much at once. Takes 15 to 30 bytes an entry.
/// </summary>
public sealed class HashIndex
{
    private const int Tables = 1 << 12;
    private readonly Table?[] tables = new Table?[Tables];

    /// <summary>Adds a number.</summary>
    public void Add(ulong hash, uint value) => (tables[hash & (Tables - 1)] ??= new Table()).Add(hash | 1UL << 63, value);

    /// <summary>The numbers of a hash, in the order in which they were added.</summary>
    public Found Find(ulong hash) => new(tables[hash & (Tables - 1)], hash | 1UL << 63);

    /// <summary>Walks over the numbers of a hash.</summary>
    public struct Found
    {
        private readonly Table? table;
        private readonly ulong hash;
        private int at;

        internal Found(Table? table, ulong hash) => (this.table, this.hash, at) = (table, hash, table?.Home(hash) ?? 0);

        /// <summary>The number.</summary>
        public uint Current { get; private set; }

        /// <summary>Goes to the next number; false behind the last.</summary>
        public bool MoveNext()
        {
            if (table is null)
                return false;
            while (table.Hashes[at] != 0)
            {
                var found = table.Hashes[at] == hash;
                if (found)
                    Current = table.Values[at];
                at = (at + 1) & (table.Hashes.Length - 1);
                if (found)
                    return true;
            }

            return false;
        }
    }

    /// <summary>One table: a hash of 0 is an empty place, so the highest bit of all others is set.</summary>
    internal sealed class Table
    {
        private int count;

        public ulong[] Hashes { get; private set; } = new ulong[4];

        public uint[] Values { get; private set; } = new uint[4];

        // The lowest bits have chosen the table.
        public int Home(ulong hash) => (int)(hash >> 12) & (Hashes.Length - 1);

        public void Add(ulong hash, uint value)
        {
            if (5 * ++count > 4 * Hashes.Length)
                Grow();
            Put(hash, value);
        }

        private void Put(ulong hash, uint value)
        {
            var at = Home(hash);
            while (Hashes[at] != 0)
                at = (at + 1) & (Hashes.Length - 1);
            (Hashes[at], Values[at]) = (hash, value);
        }

        private void Grow()
        {
            var (hashes, values) = (Hashes, Values);
            (Hashes, Values) = (new ulong[2 * hashes.Length], new uint[2 * hashes.Length]);
            // From behind an empty place, so that what was added first stays first.
            var start = Array.IndexOf(hashes, 0UL);
            for (var i = 1; i <= hashes.Length; i++)
            {
                var at = (start + i) & (hashes.Length - 1);
                if (hashes[at] != 0)
                    Put(hashes[at], values[at]);
            }
        }
    }
}
