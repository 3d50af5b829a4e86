/// <reference types="vite/client" />

declare module "virtual:icons" {
  /** The address of the icon sprite. */
  const address: string;
  export default address;
}
